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

const page = (name: string, capability: string, group: Group): Page => ({ name, path: `/${name}`, capability, group })

export const PAGES: readonly Page[] = [
  page('desk', 'cases.read accounts.read audit.read', 'work'),
  page('cases', 'cases.read', 'work'),
  page('map', 'territory.read', 'work'),
  page('venues', 'venues.read', 'work'),
  page('dues', 'venues.read', 'work'),
  page('censuses', 'venues.read', 'work'),
  page('orders', 'orders.read', 'work'),
  page('patrols', 'patrols.read', 'work'),
  page('plans', 'orders.read', 'work'),
  page('oversight', 'oversight.read', 'work'),
  page('rechecks', 'rechecks.read', 'work'),
  page('indicators', 'appraisal.read', 'work'),
  page('burden', 'appraisal.read', 'work'),
  page('major-hazards', 'major_hazards.read', 'work'),
  page('documents', 'documents.read', 'work'),
  page('teams', 'teams.read', 'work'),
  page('matters', 'matters.read', 'rules'),
  page('routes', 'matters.read', 'rules'),
  page('pack-rows', 'matters.read', 'rules'),
  page('element-sets', 'matters.read', 'rules'),
  page('triage', 'triage.read', 'rules'),
  page('territory', 'territory.read', 'rules'),
  page('plates', 'plates.write', 'keeping'),
  page('people', 'accounts.read', 'keeping'),
  page('phones', 'devices.revoke', 'keeping'),
  page('runs', 'venues.write venues.export', 'keeping'),
  page('calendar', 'calendar.write', 'keeping'),
  page('document-settings', 'documents.configure', 'keeping'),
  page('notice-settings', 'notices.manage', 'keeping'),
  page('audit', 'audit.read', 'keeping'),
  page('leave', 'leave.take', 'keeping'),
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
