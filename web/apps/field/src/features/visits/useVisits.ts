import {
  call,
  getVisitWords,
  listArrivals,
  listVisitedPeople,
  type ArrivalRow,
  type PersonRow,
  type ReportKindOut,
  type VisitWords,
} from '@wangge/api'
import { distanceM, useKept, type Position } from '@wangge/phone'

const MOST = 200

async function fetchPeople(): Promise<PersonRow[]> {
  const [overdue, due] = await Promise.all([
    call(listVisitedPeople({ query: { mine: true, standing: 'overdue', limit: MOST } })),
    call(listVisitedPeople({ query: { mine: true, standing: 'due', limit: MOST } })),
  ])
  return [...overdue.items, ...due.items]
}

/** Who is owed a visit in the own grids, masked. */
export const useOwed = () => useKept<PersonRow[]>(() => 'visits', fetchPeople)

/** Where somebody is called to, in the own grids. */
export const useCalls = () =>
  useKept<ArrivalRow[]>(
    () => 'arrivals',
    async () => (await call(listArrivals({ query: { mine: true, state: 'open', limit: MOST } }))).items,
  )

export const useVisitWords = () =>
  useKept<VisitWords>(
    () => 'visit-words',
    () => call(getVisitWords()),
  )

const RANK = { overdue: 0, due: 1, done: 2 } as const

/** Overdue first; of these the nearest home, else by address: a round goes along a street. */
export function sortPeople(rows: readonly PersonRow[], here?: Position): PersonRow[] {
  const away = (row: PersonRow): number => (here ? distanceM(here, row) : 0)
  return [...rows].sort(
    (one, other) =>
      RANK[one.standing] - RANK[other.standing] ||
      away(one) - away(other) ||
      one.address.localeCompare(other.address, 'zh-CN', { numeric: true }),
  )
}

/** The call that must be answered first stands first. */
export const sortCalls = (rows: readonly ArrivalRow[]): ArrivalRow[] =>
  [...rows].sort((one, other) => one.due_at.localeCompare(other.due_at))

export function matchesPerson(row: PersonRow, words: string): boolean {
  const text = `${row.name} ${row.address} ${row.grid_name}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

export interface Quick {
  kind: string
  matter: string
  text: string
  address: string
  name: string
  phone: string
  group: string
  value: string
  venue: string
  photos: string[]
}

export const EMPTY_QUICK: Quick = {
  kind: '',
  matter: '',
  text: '',
  address: '',
  name: '',
  phone: '',
  group: '',
  value: '',
  venue: '',
  photos: [],
}

export type QuickLack = 'kind' | 'matter' | 'photos' | 'venue' | 'value' | 'name' | 'address' | 'group' | 'place'

/** What a quick report lacks: what its kind becomes says what it must hold. */
export function lacksOf(form: Quick, kind: ReportKindOut | undefined, hasPlace: boolean): QuickLack[] {
  if (!kind) return ['kind']
  const lacks: QuickLack[] = []
  const want = (field: QuickLack, is: boolean): void => void (is || lacks.push(field))
  want('photos', form.photos.length >= kind.least_photos)
  if (kind.becomes === 'case') want('matter', form.matter !== '')
  if (kind.becomes === 'fact') {
    want('venue', form.venue !== '')
    want('value', form.value.trim() !== '')
  }
  if (kind.becomes === 'person' || (kind.becomes === 'place' && form.venue === '')) {
    want('name', form.name.trim() !== '')
    want('address', form.address.trim() !== '')
  }
  if (kind.becomes === 'person') want('group', form.group !== '')
  want('place', hasPlace)
  return lacks
}

/** A report that the house refused, as the form holds it. */
export function formOf(payload: Readonly<Record<string, unknown>>): Quick {
  const words = (value: unknown): string => (typeof value === 'string' ? value : '')
  const many = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
  return {
    kind: words(payload.kind),
    matter: words(payload.matter_code),
    text: words(payload.text),
    address: words(payload.address),
    name: words(payload.name),
    phone: words(payload.phone),
    group: many(payload.groups)[0] ?? '',
    value: words(payload.value),
    venue: words(payload.venue_id),
    photos: many(payload.photos),
  }
}

/** The report as the house takes it; only what its kind knows goes along. */
export function quickPayload(
  form: Quick,
  kind: ReportKindOut,
  place: Position,
  subject: string,
): Record<string, unknown> {
  const { lon, lat } = place
  const said = { kind: kind.code, subject_id: subject, lon, lat, text: form.text.trim(), photos: form.photos }
  const at = { address: form.address.trim() }
  const venue = form.venue === '' ? {} : { venue_id: form.venue }
  if (kind.becomes === 'case') return { ...said, ...at, ...venue, matter_code: form.matter }
  if (kind.becomes === 'fact') return { ...said, ...at, ...venue, value: form.value.trim() }
  const who = { name: form.name.trim(), phone: form.phone.trim() }
  if (kind.becomes === 'place') return { ...said, ...at, ...venue, ...who }
  return { ...said, ...at, ...who, groups: [form.group] }
}
