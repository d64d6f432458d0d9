import { call, listCensusWalk, type WalkRow } from '@wangge/api'
import { distanceM, type Position, useKept } from '@wangge/phone'

export type Found = 'seen' | 'changed' | 'gone' | 'new'
const PAGES = 10 // of 200 places: what a phone carries
const PAGE = 200

export interface Walk {
  rows: WalkRow[]
  isWhole: boolean
}

async function fetchWalk(census_id: string): Promise<Walk> {
  const rows: WalkRow[] = []
  let cursor: string | null = ''
  for (let n = 0; n < PAGES && cursor !== null; n += 1) {
    const page: { items: WalkRow[]; next_cursor: string | null } = await call(
      listCensusWalk({ path: { census_id }, query: { cursor, limit: PAGE } }),
    )
    rows.push(...page.items)
    cursor = page.next_cursor
  }
  return { rows, isWhole: cursor === null }
}

export const useWalk = (id: () => string) =>
  useKept(
    () => `census:${id()}`,
    () => fetchWalk(id()),
  )

/** Not walked first; of these the nearest door, else by address: a walk goes along a street. */
export function sortWalk(rows: readonly WalkRow[], done: (row: WalkRow) => boolean, here?: Position): WalkRow[] {
  const away = (row: WalkRow): number => (here ? distanceM(here, row.venue) : 0)
  return [...rows].sort(
    (one, other) =>
      Number(done(one)) - Number(done(other)) ||
      away(one) - away(other) ||
      one.venue.address.localeCompare(other.venue.address, 'zh-CN', { numeric: true }),
  )
}

export function matchesWalk(row: WalkRow, words: string): boolean {
  const text = `${row.venue.name} ${row.venue.address} ${row.venue.code}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** What is otherwise than recorded, as the server takes it; a field that was left as it was says nothing. */
export function valuesOf(form: Record<string, string>, before: Record<string, string>): Record<string, unknown> {
  const said: Record<string, unknown> = {}
  for (const [field, text] of Object.entries(form)) {
    const value = text.trim()
    if (value === (before[field] ?? '')) continue
    if (field === 'tags') said[field] = value.split(/[;；、,，]/).flatMap((one) => one.trim() || [])
    else if (field === 'area_m2' || field === 'height_m') said[field] = value === '' ? null : Number(value)
    else said[field] = value
  }
  return said
}
