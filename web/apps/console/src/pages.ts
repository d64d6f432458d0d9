/** The pages of the left side: each names the capability without which it is not shown. */
export interface Page {
  name: string
  path: string
  capability: string
}

export const PAGES: readonly Page[] = [
  { name: 'cases', path: '/cases', capability: 'cases.read' },
  { name: 'map', path: '/map', capability: 'territory.read' },
  { name: 'venues', path: '/venues', capability: 'venues.read' },
  { name: 'orders', path: '/orders', capability: 'orders.read' },
  { name: 'major-hazards', path: '/major-hazards', capability: 'major_hazards.read' },
  { name: 'documents', path: '/documents', capability: 'documents.read' },
  { name: 'document-settings', path: '/document-settings', capability: 'documents.configure' },
  { name: 'matters', path: '/matters', capability: 'matters.read' },
  { name: 'routes', path: '/routes', capability: 'matters.read' },
  { name: 'triage', path: '/triage', capability: 'triage.read' },
  { name: 'oversight', path: '/oversight', capability: 'oversight.read' },
  { name: 'calendar', path: '/calendar', capability: 'calendar.write' },
]

/** Return the first page somebody may open, or the page that says there is none. */
export function firstPage(can: (capability: string) => boolean): string {
  return PAGES.find((page) => can(page.capability))?.name ?? 'nothing'
}
