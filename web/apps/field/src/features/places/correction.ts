import type { VenueDetail } from '@wangge/api'

export const CORRECTED = 'venues.correct'

export interface Corrected {
  name: string
  address: string
  area_m2: string
  keeper_name: string
  keeper_phone: string
  is_shut: boolean
}

type Key = Exclude<keyof Corrected, 'is_shut'>

/** The fields that a member may put right on the way. */
export const FIELDS: readonly {
  key: Key
  type: 'text' | 'tel'
  mode: 'text' | 'decimal' | 'tel'
  most: number
  isRequired: boolean
}[] = [
  { key: 'name', type: 'text', mode: 'text', most: 128, isRequired: true },
  { key: 'address', type: 'text', mode: 'text', most: 255, isRequired: false },
  { key: 'keeper_name', type: 'text', mode: 'text', most: 64, isRequired: false },
  { key: 'keeper_phone', type: 'tel', mode: 'tel', most: 32, isRequired: false },
  { key: 'area_m2', type: 'text', mode: 'decimal', most: 12, isRequired: false },
]

export const draftOf = (place: VenueDetail): Corrected => ({
  name: place.name,
  address: place.address,
  area_m2: place.area_m2 === null ? '' : String(place.area_m2),
  keeper_name: place.keeper_name,
  keeper_phone: place.keeper_phone,
  is_shut: !place.is_open,
})

export type Correction = Record<string, string | number | boolean | null>

/** Only what was touched, as the house takes it: the rest stays as it is there. */
export function changedOf(seen: VenueDetail, form: Corrected): Correction {
  const before = draftOf(seen)
  const said: Correction = {}
  for (const { key } of FIELDS) {
    const now = form[key].trim()
    if (now === before[key]) continue
    if (key === 'area_m2') {
      const area = Number(now)
      if (now === '' || Number.isFinite(area)) said[key] = now === '' ? null : area
    } else said[key] = now
  }
  if (form.is_shut !== before.is_shut) said.is_open = !form.is_shut
  return said
}

export interface Side {
  field: string
  mine: string
  theirs: string
}

/** What was handed in beside what stands now, field by field; the same on both sides is no question. */
export function sidesOf(payload: Readonly<Record<string, unknown>>, now: VenueDetail): Side[] {
  const stands = now as unknown as Record<string, unknown>
  return Object.entries(payload)
    .filter(([field]) => field !== 'venue_id')
    .map(([field, mine]) => ({ field, mine: said(mine), theirs: said(stands[field]) }))
    .filter(({ mine, theirs }) => mine !== theirs)
}

const said = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '—'
    : typeof value === 'boolean'
      ? value
        ? '✓'
        : '✗'
      : String(value)

export type Choices = Readonly<Record<string, 'mine' | 'theirs'>>

export interface Chosen {
  /** Nothing: what stands is kept. */
  payload: Record<string, unknown> | undefined
  choice: 'mine' | 'theirs' | 'mixed'
}

/** What goes to the house after somebody chose for each field; nothing when all that stands is kept. */
export function chosenOf(payload: Readonly<Record<string, unknown>>, sides: readonly Side[], choices: Choices): Chosen {
  const mine = sides.filter(({ field }) => choices[field] === 'mine')
  if (mine.length === 0) return { payload: undefined, choice: 'theirs' }
  const kept = Object.fromEntries(mine.map(({ field }) => [field, payload[field]]))
  return {
    payload: { venue_id: payload.venue_id, ...kept },
    choice: mine.length === sides.length ? 'mine' : 'mixed',
  }
}
