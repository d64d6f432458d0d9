import type { LocationQuery, LocationQueryRaw } from 'vue-router'

/** What the lists of days and of logs show; it lives in the address. */
export interface PatrolFilters {
  q: string
  from: string
  to: string
  grid: string
  /** Days: attained or not. Logs: signed or not. */
  is: '' | 'yes' | 'no'
  flagged: boolean
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
const day = (value: string): string => (DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : '')
const is = (value: string): PatrolFilters['is'] => (value === 'yes' || value === 'no' ? value : '')

export const fromUrl = (query: LocationQuery): PatrolFilters => ({
  q: one(query.q).slice(0, 64),
  from: day(one(query.from)),
  to: day(one(query.to)),
  grid: one(query.grid),
  is: is(one(query.is)),
  flagged: one(query.flagged) === '1',
})

export const toUrl = (tab: string, { q, flagged, ...rest }: PatrolFilters): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({ tab: tab === 'days' ? '' : tab, q: q.trim(), flagged: flagged ? '1' : '', ...rest }).filter(
      ([, value]) => value !== '',
    ),
  )

type Query = Record<string, string | boolean>
const shared = ({ q, from, to, grid }: PatrolFilters): Query => ({
  ...(q.trim() ? { q: q.trim() } : {}),
  ...(from ? { first_on: from } : {}),
  ...(to ? { last_on: to } : {}),
  ...(grid ? { grid } : {}),
})

export const toDays = (filters: PatrolFilters): Query => ({
  ...shared(filters),
  ...(filters.is ? { attained: filters.is === 'yes' } : {}),
  ...(filters.flagged ? { flagged: true } : {}),
})

export const toLogs = (filters: PatrolFilters): Query => ({
  ...shared(filters),
  ...(filters.is ? { signed: filters.is === 'yes' } : {}),
})

export const exportUrl = (what: 'days' | 'logs', query: Query, suffix: 'csv' | 'xlsx'): string =>
  `/api/patrols/${what}.${suffix}?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString()}`
