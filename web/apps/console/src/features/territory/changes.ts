import { call, drawGrid, mergeGrids, moveBorder, splitGrid, type ChangeOut, type DrawIn } from '@wangge/api'
import type { Drawing, Drawn, LonLat, Shape } from '@wangge/map'

export type Work = 'look' | 'split' | 'border' | 'merge' | 'draw'
export const WORKS: readonly Exclude<Work, 'look'>[] = ['split', 'border', 'merge', 'draw']
export const DRAWING: Record<Work, Drawing> = {
  look: 'none',
  split: 'line',
  border: 'line',
  merge: 'none',
  draw: 'polygon',
}
/** How many grids must be chosen, at least. */
export const NEEDS: Record<Work, number> = { look: 0, split: 1, border: 2, merge: 2, draw: 0 }

export interface Wish {
  id: string
  reason: string
  name: string
  names: string[]
  heir: number | null
  layer: string
  under: string
  scene: string
}

/** Ask for a change of grids, or with `isDry` what it would do. */
export function askFor(
  work: Exclude<Work, 'look'>,
  picked: readonly Shape[],
  drawn: Drawn | null,
  wish: Wish,
  isDry: boolean,
): Promise<ChangeOut> {
  const plain = { id: wish.id, reason: wish.reason, dry_run: isDry }
  const ids = picked.map((one) => String(one.properties.id))
  const line = (drawn?.coordinates ?? []) as LonLat[]
  const names = wish.names.filter((name) => name.trim() !== '')
  if (work === 'split')
    return call(splitGrid({ body: { ...plain, grid_id: ids[0] ?? '', line, names, heir: wish.heir } }))
  if (work === 'border') return call(moveBorder({ body: { ...plain, grid_ids: [ids[0] ?? '', ids[1] ?? ''], line } }))
  if (work === 'merge') return call(mergeGrids({ body: { ...plain, grid_ids: ids, name: wish.name } }))
  const geometry = { type: 'Polygon', coordinates: drawn?.coordinates ?? [] } as DrawIn['geometry']
  const { layer, under, scene, name } = wish
  return call(drawGrid({ body: { ...plain, layer, under, scene, name, geometry } }))
}
