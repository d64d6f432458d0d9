import type { ListVenuesData } from '@wangge/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

/** What the register shows; it lives in the address. */
export interface VenueFilters {
  q: string
  venueClass: string
  grid: string
  state: 'open' | 'closed' | 'orphan' | ''
  part: string // what belongs to this place
}

const STATES = ['open', 'closed', 'orphan'] as const
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

export const fromUrl = (query: LocationQuery): VenueFilters => ({
  q: one(query.q).slice(0, 64),
  venueClass: one(query.class),
  grid: one(query.grid),
  state: STATES.find((each) => each === one(query.state)) ?? '',
  part: one(query.part),
})

export const toUrl = ({ q, venueClass, grid, state, part }: VenueFilters): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({ q: q.trim(), class: venueClass, grid, state, part }).filter(([, value]) => value !== ''),
  )

export const toQuery = ({ q, venueClass, grid, state, part }: VenueFilters): NonNullable<ListVenuesData['query']> => ({
  ...(q.trim() && { q: q.trim() }),
  ...(venueClass && { venue_class: venueClass }),
  ...(grid && { grid }),
  ...(part && { part_of: part }),
  ...(state === 'orphan' && { orphan: true }),
  ...(state === 'open' && { is_open: true }),
  ...(state === 'closed' && { is_open: false }),
})

export const exportUrl = (filters: VenueFilters, suffix: 'csv' | 'xlsx'): string =>
  `/api/venues/export.${suffix}?${new URLSearchParams(Object.entries(toQuery(filters)).map(([key, value]) => [key, String(value)])).toString()}`
