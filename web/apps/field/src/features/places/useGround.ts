import type { CasePage, FeatureCollection, VenueDetail } from '@wangge/api'
import { readKept, useSlice } from '@wangge/phone'
import { shallowRef } from 'vue'

type Feature = FeatureCollection['features'][number]

const point = (lon: number, lat: number, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})

const collect = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features, is_complete: true })

/** Places with their name and whether they lie in no grid, as the map draws them. */
export const placesOn = (venues: readonly VenueDetail[]): FeatureCollection =>
  collect(venues.map(({ id, name, lon, lat, is_orphan }) => point(lon, lat, { id, name, is_orphan })))

export const casesOn = (page: CasePage | undefined): FeatureCollection =>
  collect(
    (page?.items ?? []).map(({ id, lon, lat, light, matter_zh, matter_en, address }) =>
      point(lon, lat, { id, light, matter_zh, matter_en, address }),
    ),
  )

/** The own grids with their places and what waits, from the phone alone: no signal is needed, no tile server. */
export function useGround() {
  const slice = useSlice()
  const grids = shallowRef<FeatureCollection>()
  const venues = shallowRef<FeatureCollection>()
  const cases = shallowRef<FeatureCollection>()

  async function run(): Promise<void> {
    const shapes = await readKept<FeatureCollection>('shapes')
    const waiting = await readKept<CasePage>('cases:waiting:')
    venues.value = placesOn(await slice.rows<VenueDetail>('venue:'))
    cases.value = casesOn(waiting?.value)
    grids.value = shapes?.value ?? collect([])
  }
  return { grids, venues, cases, run }
}
