import type { ListOrdersData, OrderRow } from '@wangge/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export type OrderStatus = OrderRow['status']
export const STATUSES = ['open', 'done', 'missed', 'withdrawn'] as const satisfies readonly OrderStatus[]

/** What the list of orders shows; it lives in the address. Days are `[from, to)` in the API, `to` here is the last day. */
export interface OrderFilters {
  q: string
  status: OrderStatus | ''
  overdue: boolean
  mine: boolean
  from: string
  to: string
  grid: string
  venue: string
  assignment: string
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
const day = (value: string): string => (DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : '')

export const fromUrl = (query: LocationQuery): OrderFilters => ({
  q: one(query.q).slice(0, 64),
  status: STATUSES.find((each) => each === one(query.status)) ?? '',
  overdue: one(query.overdue) === '1',
  mine: one(query.mine) === '1',
  from: day(one(query.from)),
  to: day(one(query.to)),
  grid: one(query.grid),
  venue: one(query.venue),
  assignment: one(query.assignment),
})

export const toUrl = ({ q, overdue, mine, ...rest }: OrderFilters): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({ q: q.trim(), overdue: overdue ? '1' : '', mine: mine ? '1' : '', ...rest }).filter(
      ([, value]) => value !== '',
    ),
  )

/** Return the day after: the API's end is exclusive, people name the last day. */
export function dayAfter(on: string): string {
  const date = new Date(`${on}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + 1)
  return date.toISOString().slice(0, 10)
}

export const toQuery = ({
  q,
  status,
  overdue,
  mine,
  from,
  to,
  grid,
  venue,
  assignment,
}: OrderFilters): NonNullable<ListOrdersData['query']> => ({
  ...(q.trim() && { q: q.trim() }),
  ...(status && { status }),
  ...(overdue && { overdue }),
  ...(mine && { mine }),
  ...(from && { opens_from: from }),
  ...(to && { opens_to: dayAfter(to) }),
  ...(grid && { grid }),
  ...(venue && { venue_id: venue }),
  ...(assignment && { assignment }),
})
