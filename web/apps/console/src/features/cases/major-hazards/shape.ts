import type { ElementIn, ElementSetOut, PlaceKind } from '@wangge/api'

export const TABS = ['sign', 'suspected', 'to_list', 'listed', 'delisted'] as const
export type Tab = (typeof TABS)[number]

/** Return the elements of an edition that may be ticked at such a place: those that decide alone come first. */
export function elementsFor(edition: ElementSetOut, kind: PlaceKind): ElementIn[] {
  const fits = (edition.elements ?? []).filter(({ place_kinds: kinds }) => !kinds?.length || kinds.includes(kind))
  return [...fits.filter((one) => one.is_direct), ...fits.filter((one) => !one.is_direct)]
}

/** Where a photo of an assessment or a hazard is. */
export const majorPhoto = (subjectId: string, sha256: string): string =>
  `/api/major-hazards/${subjectId}/photos/${sha256}`

/** Return what an edition asks for and how many of it are still missing among the chosen seats. */
export function missingSeats(
  seats: readonly { panel: 'member' | 'expert' }[],
  wants: { members: number; experts: number },
  isComplex: boolean,
): { members: number; experts: number } {
  const count = (panel: string): number => seats.filter((seat) => seat.panel === panel).length
  return {
    members: Math.max(0, wants.members - count('member')),
    experts: isComplex ? Math.max(0, wants.experts - count('expert')) : 0,
  }
}
