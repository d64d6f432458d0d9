import type { CaseRow, NamedPlaceOut, PostHolderOut, VenueRow } from '@wangge/api'
import type { RouteLocationRaw } from 'vue-router'

export type Kind = 'page' | 'case' | 'venue' | 'person' | 'grid'

/** Something that was found, and where it opens. */
export interface Found {
  kind: Kind
  key: string
  name: string
  more: string
  to: RouteLocationRaw
}

/** Return the pages whose name has the words in it; all of them for no words. */
export function pagesNamed(pages: readonly { name: string; path: string; said: string }[], words: string): Found[] {
  const asked = words.trim().toLowerCase()
  return pages
    .filter(({ said, name }) => asked === '' || said.toLowerCase().includes(asked) || name.includes(asked))
    .map(({ name, path, said }) => ({ kind: 'page', key: name, name: said, more: '', to: path }))
}

export const caseFound = (row: CaseRow, pick: (zh: string, en: string) => string): Found => ({
  kind: 'case',
  key: row.id,
  name: pick(row.matter_zh, row.matter_en),
  more: [row.grid_name, row.venue_name ?? row.address, pick(row.stage_name, row.stage_name_en)]
    .filter(Boolean)
    .join(' · '),
  to: `/cases/${row.id}`,
})

export const venueFound = (row: VenueRow): Found => ({
  kind: 'venue',
  key: row.id,
  name: row.name,
  more: [row.code, row.address].filter(Boolean).join(' · '),
  to: `/venues/${row.id}`,
})

export const personFound = (row: PostHolderOut): Found => ({
  kind: 'person',
  key: String(row.id),
  name: row.name,
  more: row.username,
  to: { path: '/people', query: { q: row.name } },
})

/** A grid or division opens its open cases; from there the map and the register are one step. */
export const placeFound = (row: NamedPlaceOut): Found => ({
  kind: 'grid',
  key: row.path,
  name: row.name,
  more: row.code,
  to: { path: '/cases', query: { view: 'open', grid: row.path } },
})

/** Return the place of the one that is chosen after a key; it goes round. */
export const stepped = (at: number, by: number, many: number): number => (many === 0 ? 0 : (at + by + many) % many)
