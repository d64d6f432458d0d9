import type { CommunityDraftOut, GridDraftOut, GridDraftRow, ProposedGrid } from '@wangge/api'

export const LOOK_AGAIN_MS = 1_500
export const SOURCES = ['grids', 'estimate'] as const
export type Source = (typeof SOURCES)[number]

export const isUnderWay = (draft: GridDraftRow): boolean => draft.phase === 'waiting' || draft.phase === 'drawing'

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '—' : `${((100 * part) / whole).toFixed(1)}%`

/** Nobody's grid changes: there is nothing to adopt. */
export const isAsItIs = (one: CommunityDraftOut): boolean =>
  one.moved === 0 && one.ended.length === 0 && one.grids.length > 0 && one.grids.every((grid) => grid.heir_of !== null)

export const canAdopt = (one: CommunityDraftOut): boolean =>
  one.adopted_at === null && one.grids.length > 0 && !isAsItIs(one)

export const outside = (one: CommunityDraftOut): number => one.grids.filter((grid) => grid.misses > 0).length

/** How a grid lies against the bounds, in words for a reader who sees no colour. */
export function place(grid: ProposedGrid, draft: Pick<GridDraftOut, 'least' | 'most'>): 'few' | 'inside' | 'many' {
  if (grid.households < draft.least) return 'few'
  return grid.households > draft.most ? 'many' : 'inside'
}
