import { call, listOrders, type OrderRow } from '@wangge/api'
import { distanceM, type Position, useKept } from '@wangge/phone'
import { formatOn } from '@wangge/ui'

const MOST = 300
const AHEAD_DAYS = 8
const DAY_MS = 86_400_000

export interface Section {
  key: 'overdue' | 'now' | 'later'
  rows: OrderRow[]
}

/** Overdue first, then by due day; within a day the nearer door. */
export function sortRows(rows: readonly OrderRow[], here?: Position): OrderRow[] {
  const away = (row: OrderRow): number => (here ? distanceM(here, row) : 0)
  return [...rows].sort(
    (one, other) =>
      Number(other.is_overdue) - Number(one.is_overdue) ||
      one.due_on.localeCompare(other.due_on) ||
      away(one) - away(other) ||
      one.venue_name.localeCompare(other.venue_name, 'zh-CN'),
  )
}

export function matches(row: OrderRow, words: string): boolean {
  const text = `${row.venue_name} ${row.address} ${row.venue_class_zh} ${row.venue_class_en}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

export function sectionsOf(rows: readonly OrderRow[], today: string): Section[] {
  const pick = (key: Section['key'], belongs: (row: OrderRow) => boolean): Section => ({
    key,
    rows: rows.filter(belongs),
  })
  return [
    pick('overdue', (row) => row.is_overdue),
    pick('now', (row) => !row.is_overdue && row.opens_on <= today),
    pick('later', (row) => !row.is_overdue && row.opens_on > today),
  ].filter((section) => section.rows.length > 0)
}

/** The first rows of the list, and of each section how many there are in all. */
export function pieceOf(sections: readonly Section[], most: number): (Section & { of: number })[] {
  let left = most
  return sections.flatMap((section) => {
    const rows = section.rows.slice(0, left)
    left -= rows.length
    return rows.length > 0 ? [{ ...section, rows, of: section.rows.length }] : []
  })
}

async function fetchToday(): Promise<OrderRow[]> {
  const until = formatOn(new Date(Date.now() + AHEAD_DAYS * DAY_MS))
  const page = await call(listOrders({ query: { mine: true, status: 'open', opens_to: until, limit: MOST } }))
  return page.items
}

/** What this person owes, kept on the phone; the checklists come with the slice of the day. */
export const useToday = () => useKept(() => 'today', fetchToday)
