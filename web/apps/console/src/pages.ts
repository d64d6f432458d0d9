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

/** Each page lies at the address of its name. */
const named = (group: Group, pages: Readonly<Record<string, string>>): Page[] =>
  Object.entries(pages).map(([name, capability]) => ({ name, path: `/${name}`, capability, group }))

export const PAGES: readonly Page[] = [
  ...named('work', {
    desk: 'cases.read accounts.read audit.read',
    cases: 'cases.read',
    map: 'territory.read',
    venues: 'venues.read',
    dues: 'venues.read',
    censuses: 'venues.read',
    orders: 'orders.read',
    patrols: 'patrols.read',
    visits: 'visits.read',
    ledgers: 'ledgers.read',
    plans: 'orders.read',
    oversight: 'oversight.read',
    rechecks: 'rechecks.read',
    indicators: 'appraisal.read',
    targets: 'appraisal.read',
    bulletins: 'bulletins.read',
    fires: 'fires.read',
    burden: 'appraisal.read',
    'major-hazards': 'major_hazards.read',
    documents: 'documents.read',
    teams: 'teams.read',
  }),
  ...named('rules', {
    matters: 'matters.read',
    routes: 'matters.read',
    'pack-rows': 'matters.read',
    'element-sets': 'matters.read',
    triage: 'triage.read',
    territory: 'territory.read',
  }),
  ...named('keeping', {
    plates: 'plates.write',
    people: 'accounts.read',
    phones: 'devices.revoke',
    runs: 'venues.write venues.export',
    calendar: 'calendar.write',
    'document-settings': 'documents.configure',
    'notice-settings': 'notices.manage',
    audit: 'audit.read',
    leave: 'leave.take',
  }),
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
