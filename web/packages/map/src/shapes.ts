import type { FeatureCollection } from '@wangge/api'

export type LonLat = [lon: number, lat: number]
export type Box = [west: number, south: number, east: number, north: number]

/** A feature as our API sends it: GeoJSON in WGS-84, (lon, lat). */
export interface Shape {
  type: 'Feature'
  id?: string
  geometry: { type: string; coordinates: unknown }
  properties: Record<string, unknown>
}

export const shapesOf = (collection: FeatureCollection | undefined): Shape[] =>
  (collection?.features ?? []) as unknown as Shape[]

function* ringsOf({ type, coordinates }: Shape['geometry']): Generator<LonLat[]> {
  if (type === 'Polygon') yield (coordinates as LonLat[][])[0] ?? []
  else if (type === 'MultiPolygon') for (const polygon of coordinates as LonLat[][][]) yield polygon[0] ?? []
  else if (type === 'Point') yield [coordinates as LonLat]
}

/** Return the box around shapes, or nothing when there is none. */
export function boxOf(shapes: readonly Shape[]): Box | undefined {
  let box: Box | undefined
  for (const shape of shapes)
    for (const ring of ringsOf(shape.geometry))
      for (const [lon, lat] of ring) {
        if (!box) box = [lon, lat, lon, lat]
        else box = [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
      }
  return box
}

interface Weighed {
  area: number
  at: LonLat
}

function weigh(ring: readonly LonLat[]): Weighed {
  const origin = ring[0] ?? [0, 0]
  let [twice, x, y] = [0, 0, 0]
  for (let place = 1; place < ring.length; place += 1) {
    const [ax, ay] = [(ring[place - 1]?.[0] ?? 0) - origin[0], (ring[place - 1]?.[1] ?? 0) - origin[1]]
    const [bx, by] = [(ring[place]?.[0] ?? 0) - origin[0], (ring[place]?.[1] ?? 0) - origin[1]]
    const cross = ax * by - bx * ay
    twice += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  if (twice === 0) return { area: 0, at: origin }
  return { area: Math.abs(twice / 2), at: [origin[0] + x / (3 * twice), origin[1] + y / (3 * twice)] }
}

/** Return the centre of gravity of the largest part of a shape: where its name is written. Units: degrees. */
export function labelPoint(shape: Shape): LonLat | undefined {
  let best: Weighed | undefined
  for (const ring of ringsOf(shape.geometry)) {
    const found = weigh(ring)
    if (ring.length > 0 && (!best || found.area > best.area)) best = found
  }
  return best?.at
}

/** Return points with the names of the shapes. */
export const labelsOf = (shapes: readonly Shape[]): Shape[] =>
  shapes.flatMap((shape) => {
    const at = labelPoint(shape)
    return at ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: shape.properties }] : []
  })

/** Return a box of about `metres` around a point, for asking what lies there. */
export function boxAround([lon, lat]: LonLat, metres: number): Box {
  const dLat = metres / 111_320
  const dLon = dLat / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  return [lon - dLon, lat - dLat, lon + dLon, lat + dLat]
}

export const boxText = (box: Box): string => box.map((each) => each.toFixed(6)).join(',')
