/** A point that surely lies in a grid. The middle of its box may not: grids bend round each other. */

type Point = readonly [number, number]
type Ring = readonly Point[]

export interface Outline {
  type: string
  coordinates: unknown
}

function ringsOf({ type, coordinates }: Outline): Ring[] {
  if (type === 'Polygon') return coordinates as Ring[]
  if (type === 'MultiPolygon') return (coordinates as Ring[][]).flat()
  return []
}

/** Where the rings cross the line of one latitude, from west to east. */
function crossings(rings: readonly Ring[], lat: number): number[] {
  const found: number[] = []
  for (const ring of rings) {
    ring.forEach(([lon, high], index) => {
      const [otherLon, otherHigh] = ring[(index + 1) % ring.length] ?? [lon, high]
      if (high > lat === otherHigh > lat) return
      found.push(lon + ((lat - high) / (otherHigh - high)) * (otherLon - lon))
    })
  }
  return found.sort((one, other) => one - other)
}

/** The middle of the widest stretch inside, on the line through the middle of the outline. */
export function pointInside(outline: Outline): { lon: number; lat: number } | undefined {
  const rings = ringsOf(outline)
  const highs = rings.flat().map(([, lat]) => lat)
  const lat = (Math.min(...highs) + Math.max(...highs)) / 2
  const cuts = crossings(rings, lat)
  let best: { lon: number; width: number } | undefined
  for (let index = 0; index + 1 < cuts.length; index += 2) {
    const [west = 0, east = 0] = cuts.slice(index, index + 2)
    if (!best || east - west > best.width) best = { lon: (west + east) / 2, width: east - west }
  }
  return best && { lon: best.lon, lat }
}
