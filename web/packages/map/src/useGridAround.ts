import { call, listGridShapes, type FeatureCollection } from '@wangge/api'
import { computed, shallowRef, watch } from 'vue'
import { boxAround, boxOf, boxText, shapesOf, type LonLat } from './shapes'

/** The outline of the one grid that a point lies in (no path: not asked for), and where to look to see both. */
export function useGridAround(place: () => { at: LonLat; path: string } | undefined) {
  const grids = shallowRef<FeatureCollection>()
  const view = computed(() => {
    const at = place()?.at
    return boxOf(shapesOf(grids.value)) ?? (at ? boxAround(at, 250) : undefined)
  })

  async function load(): Promise<void> {
    const now = place()
    if (!now || now.path === '') return
    try {
      const found = await call(listGridShapes({ query: { bbox: boxText(boxAround(now.at, 2)) } }))
      const own = shapesOf(found).filter(({ properties }) => properties.path === now.path)
      grids.value = { ...found, features: own as unknown as FeatureCollection['features'] }
    } catch {
      grids.value = undefined // the point alone still tells where it is
    }
  }
  watch(() => JSON.stringify(place()), load, { immediate: true })
  return { grids, view }
}
