import type { CaseRow, ListCasesData } from '@wangge/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

type Query = NonNullable<ListCasesData['query']>
export type Status = CaseRow['status']

export const STATUSES: readonly Status[] = [
  'reported',
  'accepted',
  'dispatched',
  'handling',
  'transferred',
  'suspended',
  'verifying',
  'closed',
  'rejected',
  'merged',
]
export const SEVERITIES = ['general', 'larger', 'suspected_major', 'urgent'] as const
export const LIGHTS = ['red', 'yellow', 'green', 'none'] as const
export const VIEWS = ['waiting', 'mine', 'open', 'all'] as const
export const SORTS = ['due', 'light', 'newest', 'oldest'] as const

/** What the list shows; it lives in the address, so a link opens the same list. */
export interface CaseFilters {
  view: (typeof VIEWS)[number]
  sort: (typeof SORTS)[number] | ''
  q: string
  status: Status[]
  matter: string
  severity: (typeof SEVERITIES)[number] | ''
  department: number | null
  light: (typeof LIGHTS)[number] | ''
  grid: string
  venue: string
}

export const noFilters = (): CaseFilters => ({
  view: 'waiting',
  sort: '',
  q: '',
  status: [],
  matter: '',
  severity: '',
  department: null,
  light: '',
  grid: '',
  venue: '',
})

const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

function among<T extends string>(allowed: readonly T[], value: string): T | '' {
  return allowed.find((each) => each === value) ?? ''
}

/** Read the filters from an address. What it does not know it leaves out. */
export function fromUrl(query: LocationQuery): CaseFilters {
  const department = Number(one(query.department))
  return {
    view: among(VIEWS, one(query.view)) || 'waiting',
    sort: among(SORTS, one(query.sort)),
    q: one(query.q).slice(0, 64),
    status: one(query.status)
      .split(',')
      .flatMap((each) => among(STATUSES, each) || []),
    matter: one(query.matter),
    severity: among(SEVERITIES, one(query.severity)),
    department: Number.isInteger(department) && department > 0 ? department : null,
    light: among(LIGHTS, one(query.light)),
    grid: one(query.grid),
    venue: one(query.venue),
  }
}

/** Return the address of the filters: only what differs from the start. */
export function toUrl(filters: CaseFilters): LocationQueryRaw {
  const { view, sort, q, status, matter, severity, department, light, grid, venue } = filters
  return Object.fromEntries(
    Object.entries({
      view: view === 'waiting' ? '' : view,
      sort,
      q: q.trim(),
      status: status.join(','),
      matter,
      severity,
      department: department === null ? '' : String(department),
      light,
      grid,
      venue,
    }).filter(([, value]) => value !== ''),
  )
}

/** The order in which a list opens: what is to be done by its deadline, everything else by its day. */
export const sortOf = ({ sort, view }: CaseFilters): (typeof SORTS)[number] =>
  sort || (view === 'waiting' || view === 'mine' ? 'due' : 'newest')

/** Return what to ask the server for. */
export function toQuery(filters: CaseFilters): Query {
  const { view, q, status, matter, severity, department, light, grid, venue } = filters
  return {
    ...(view === 'waiting' && { waiting_for_me: true }),
    ...(view === 'mine' && { mine: true }),
    ...(sortOf(filters) !== 'newest' && { sort: sortOf(filters) }),
    ...(view === 'open' && { is_open: true }),
    ...(q.trim() && { q: q.trim() }),
    ...(status.length > 0 && { status }),
    ...(matter && { matter }),
    ...(severity && { severity }),
    ...(department !== null && { department_id: department }),
    ...(light && { light }),
    ...(grid && { grid }),
    ...(venue && { venue_id: venue }),
  }
}

/** Whether anything but the tab narrows the list. */
export const isNarrowed = (filters: CaseFilters): boolean =>
  Object.keys(toUrl({ ...filters, view: 'waiting', sort: '' })).length > 0

/** Return the address of the same list, or of the chosen cases in it, as a file. */
export function exportUrl(filters: CaseFilters, suffix: 'csv' | 'xlsx', ids: readonly string[] = []): string {
  const params = new URLSearchParams(ids.map((id) => ['ids', id]))
  for (const [key, value] of Object.entries(toQuery(filters))) {
    if (Array.isArray(value)) value.forEach((each) => params.append(key, each))
    else params.set(key, String(value))
  }
  return `/api/cases/export.${suffix}?${params.toString()}`
}
