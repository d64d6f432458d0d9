/** The tabs at the bottom: each names the capability without which it is not shown. */
export interface Tab {
  name: string
  icon: 'today' | 'cases' | 'report' | 'me'
  capability?: string
}

export const TABS: readonly Tab[] = [
  { name: 'today', icon: 'today', capability: 'orders.do' },
  { name: 'cases', icon: 'cases', capability: 'cases.read' },
  { name: 'report', icon: 'report', capability: 'cases.report' },
  { name: 'me', icon: 'me' },
]

type Can = (capability: string) => boolean

export const tabsFor = (can: Can): Tab[] => TABS.filter((tab) => !tab.capability || can(tab.capability))

/** The first page somebody may open. "Me" is everybody's. */
export const firstPage = (can: Can): string => tabsFor(can)[0]?.name ?? 'me'
