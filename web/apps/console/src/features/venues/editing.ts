import type { VenueDetail, VenueIn } from '@wangge/api'

export const FIELDS = [
  'name',
  'code',
  'class_code',
  'tags',
  'address',
  'lon',
  'lat',
  'area_m2',
  'height_m',
  'credit_code',
  'keeper_name',
  'keeper_phone',
] as const
export type Field = (typeof FIELDS)[number]
/** A dossier as it is typed: all of it text. */
export type Draft = Record<Field, string>

export interface Clash {
  field: Field
  mine: string
  theirs: string
}

export function draftOf(venue: VenueDetail): Draft {
  const text = (value: number | null): string => (value === null ? '' : String(value))
  return {
    name: venue.name,
    code: venue.code,
    class_code: venue.class_code,
    tags: venue.tags.join('、'),
    address: venue.address,
    lon: text(venue.lon),
    lat: text(venue.lat),
    area_m2: text(venue.area_m2),
    height_m: text(venue.height_m),
    credit_code: venue.credit_code,
    keeper_name: venue.keeper_name,
    keeper_phone: venue.keeper_phone,
  }
}

/** What goes to the server; masked fields that nobody touched go back masked and stay as they are. */
export function bodyOf(venue: VenueDetail, draft: Draft): VenueIn {
  const number = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  return {
    id: venue.id,
    base_version: venue.version,
    name: draft.name,
    code: draft.code,
    class_code: draft.class_code,
    tags: draft.tags
      .split(/[;；、|]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
    address: draft.address,
    lon: Number(draft.lon),
    lat: Number(draft.lat),
    area_m2: number(draft.area_m2),
    height_m: number(draft.height_m),
    credit_code: draft.credit_code,
    keeper_name: draft.keeper_name,
    keeper_phone: draft.keeper_phone,
    is_open: venue.is_open,
  }
}

/** Three sides: as both read it, as I typed it, as it stands now. What only one side changed is taken from that
    side; what both changed, each differently, is for a person to choose. */
export function mergeSides(
  base: Draft,
  mine: Draft,
  theirs: Draft,
): { draft: Draft; clashes: Clash[]; taken: Field[] } {
  const draft = { ...mine }
  const clashes: Clash[] = []
  const taken: Field[] = []
  for (const field of FIELDS) {
    if (theirs[field] === base[field] || theirs[field] === mine[field]) continue
    if (mine[field] === base[field]) {
      draft[field] = theirs[field]
      taken.push(field)
    } else clashes.push({ field, mine: mine[field], theirs: theirs[field] })
  }
  return { draft, clashes, taken }
}
