import { call, listVenuePoints } from '@wangge/api'
import { shapesOf, type LonLat, type Picked } from '@wangge/map'

const LEAST = 0.00002

/** Tiles tell kinds and places, no names: which one it is, is asked for where somebody points. */
export async function nearestPlace(
  [lon, lat]: LonLat,
  reach: number,
): Promise<{ at: LonLat; picked: Picked } | undefined> {
  const half = Math.max(reach, LEAST)
  const found = await call(
    listVenuePoints({ query: { bbox: [lon - half, lat - half, lon + half, lat + half].join(',') } }),
  )
  const away = ([x, y]: LonLat): number => Math.hypot(x - lon, y - lat)
  const [first] = shapesOf(found)
    .map((shape) => ({ shape, at: shape.geometry.coordinates as LonLat }))
    .sort((one, other) => away(one.at) - away(other.at))
  if (!first) return undefined
  const { properties } = first.shape
  return { at: first.at, picked: { kind: 'venue', id: String(properties.id), properties } }
}
