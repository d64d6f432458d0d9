import type { Standing } from '@wangge/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export const TABS = ['people', 'arrivals', 'reports', 'coverage'] as const
export type Tab = (typeof TABS)[number]
export const STANDINGS = ['overdue', 'due', 'done'] as const satisfies readonly Standing[]
export const STATES = ['open', 'late', 'arrived', 'ended'] as const

/** What the lists show; it lives in the address. */
export interface VisitFilters {
  grid: string
  standing: '' | Standing
  group: string
  state: '' | (typeof STATES)[number]
  /** A trigger or a kind of report. */
  kind: string
  from: string
  to: string
  month: string
}

const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
const of = <T extends string>(known: readonly T[], value: string): '' | T => known.find((each) => each === value) ?? ''
const day = (value: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '')
const month = (value: string): string => (/^\d{4}-(0[1-9]|1[0-2])$/.test(value) ? value : '')

export const fromUrl = (query: LocationQuery): VisitFilters => ({
  grid: one(query.grid),
  standing: of(STANDINGS, one(query.standing)),
  group: one(query.group),
  state: of(STATES, one(query.state)),
  kind: one(query.kind),
  from: day(one(query.from)),
  to: day(one(query.to)),
  month: month(one(query.month)),
})

export const toUrl = (tab: string, filters: Partial<VisitFilters>): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({ tab: tab === 'people' ? '' : tab, ...filters }).filter(([, value]) => value !== ''),
  )

const said = (query: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))

export const toPeople = ({ grid, standing, group }: VisitFilters) => said({ grid, standing, group })
export const toArrivals = ({ grid, state, kind, from, to }: VisitFilters) =>
  said({ grid, state, trigger: kind, called_from: from, called_to: to })
export const toReports = ({ grid, kind, from, to }: VisitFilters) => said({ grid, kind, first_on: from, last_on: to })

export const exportUrl = (what: string, query: Record<string, string>, suffix: 'csv' | 'xlsx'): string =>
  `/api/visits/${what}/export.${suffix}?${new URLSearchParams(query).toString()}`

/** A position as people paste it: "118.37, 31.33". */
export function readPoint(text: string): { lon: number; lat: number } | undefined {
  const parts = text.split(/[,，\s]+/).filter((part) => part !== '')
  const [lon = NaN, lat = NaN] = parts.map(Number)
  return parts.length === 2 && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat } : undefined
}
