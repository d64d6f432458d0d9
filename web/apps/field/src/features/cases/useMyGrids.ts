import { call, listGrids, listGridShapes, type GridOut } from '@wangge/api'
import { keep, readKept, useKept } from '@wangge/phone'
import { computed } from 'vue'
import { type Outline, pointInside } from './inside'

/** So few grids are taken along with a point inside, for the time without signal. */
const TAKEN_ALONG = 3
const MOST = 50

interface Feature {
  geometry?: Outline
  properties?: { path?: unknown }
}

async function fetchMiddle({ path, bbox }: GridOut): Promise<{ lon: number; lat: number } | undefined> {
  const { features } = await call(listGridShapes({ query: { bbox: bbox.join(',') } }))
  const own = (features as Feature[]).find(({ properties }) => properties?.path === path)
  return own?.geometry && pointInside(own.geometry)
}

/** The grids of this person, and a point inside each. */
export function useMyGrids(scope: () => string) {
  const list = useKept<GridOut[]>(
    () => 'grids',
    async () => (await call(listGrids({ query: { within: scope(), limit: MOST } }))).items,
  )

  async function middleOf(grid: GridOut): Promise<{ lon: number; lat: number }> {
    const key = `middle:${grid.id}`
    const kept = await readKept<{ lon: number; lat: number }>(key)
    if (kept) return kept.value
    const [west, south, east, north] = grid.bbox
    const middle = await fetchMiddle(grid).catch(() => undefined)
    if (middle) await keep(key, middle)
    return middle ?? { lon: (west + east) / 2, lat: (south + north) / 2 }
  }

  async function run(): Promise<void> {
    await list.run()
    for (const grid of (list.data.value ?? []).slice(0, TAKEN_ALONG)) await middleOf(grid)
  }
  void run()
  return { grids: computed(() => list.data.value ?? []), middleOf }
}
