/** What a page is for: the work of the day, what the work goes by, or keeping the house in order. */
export const GROUPS = ['work', 'rules', 'keeping'] as const
export type Group = (typeof GROUPS)[number]

/** The pages of the left side: each names the capabilities, of which one must be held for it to be shown. */
export interface Page {
  name: string
  path: string
  capability: string
  group: Group
}

export const PAGES: readonly Page[] = [
  { name: 'desk', path: '/desk', capability: 'cases.read accounts.read audit.read', group: 'work' },
  { name: 'cases', path: '/cases', capability: 'cases.read', group: 'work' },
  { name: 'map', path: '/map', capability: 'territory.read', group: 'work' },
  { name: 'venues', path: '/venues', capability: 'venues.read', group: 'work' },
  { name: 'dues', path: '/dues', capability: 'venues.read', group: 'work' },
  { name: 'censuses', path: '/censuses', capability: 'venues.read', group: 'work' },
  { name: 'orders', path: '/orders', capability: 'orders.read', group: 'work' },
  { name: 'patrols', path: '/patrols', capability: 'patrols.read', group: 'work' },
  { name: 'plans', path: '/plans', capability: 'orders.read', group: 'work' },
  { name: 'oversight', path: '/oversight', capability: 'oversight.read', group: 'work' },
  { name: 'indicators', path: '/indicators', capability: 'appraisal.read', group: 'work' },
  { name: 'targets', path: '/targets', capability: 'appraisal.read', group: 'work' },
  { name: 'bulletins', path: '/bulletins', capability: 'bulletins.read', group: 'work' },
  { name: 'fires', path: '/fires', capability: 'fires.read', group: 'work' },
  { name: 'burden', path: '/burden', capability: 'appraisal.read', group: 'work' },
  { name: 'major-hazards', path: '/major-hazards', capability: 'major_hazards.read', group: 'work' },
  { name: 'documents', path: '/documents', capability: 'documents.read', group: 'work' },
  { name: 'teams', path: '/teams', capability: 'teams.read', group: 'work' },
  { name: 'matters', path: '/matters', capability: 'matters.read', group: 'rules' },
  { name: 'routes', path: '/routes', capability: 'matters.read', group: 'rules' },
  { name: 'pack-rows', path: '/pack-rows', capability: 'matters.read', group: 'rules' },
  { name: 'element-sets', path: '/element-sets', capability: 'matters.read', group: 'rules' },
  { name: 'triage', path: '/triage', capability: 'triage.read', group: 'rules' },
  { name: 'territory', path: '/territory', capability: 'territory.read', group: 'rules' },
  { name: 'plates', path: '/plates', capability: 'plates.write', group: 'keeping' },
  { name: 'people', path: '/people', capability: 'accounts.read', group: 'keeping' },
  { name: 'phones', path: '/phones', capability: 'devices.revoke', group: 'keeping' },
  { name: 'runs', path: '/runs', capability: 'venues.write venues.export', group: 'keeping' },
  { name: 'calendar', path: '/calendar', capability: 'calendar.write', group: 'keeping' },
  { name: 'document-settings', path: '/document-settings', capability: 'documents.configure', group: 'keeping' },
  { name: 'notice-settings', path: '/notice-settings', capability: 'notices.manage', group: 'keeping' },
  { name: 'audit', path: '/audit', capability: 'audit.read', group: 'keeping' },
  { name: 'leave', path: '/leave', capability: 'leave.take', group: 'keeping' },
]

/** Return whether somebody may open a page of these capabilities: one of them is enough. */
export const mayOpen = (can: (capability: string) => boolean, capabilities: string): boolean =>
  capabilities.split(' ').some(can)

/** Return the groups of which somebody may open a page, each with those pages. */
export function pagesFor(can: (capability: string) => boolean): { group: Group; pages: Page[] }[] {
  return GROUPS.map((group) => ({
    group,
    pages: PAGES.filter((page) => page.group === group && mayOpen(can, page.capability)),
  })).filter(({ pages }) => pages.length > 0)
}

/** Return the first page somebody may open, or the page that says there is none. */
export function firstPage(can: (capability: string) => boolean): string {
  return PAGES.find((page) => mayOpen(can, page.capability))?.name ?? 'nothing'
}
