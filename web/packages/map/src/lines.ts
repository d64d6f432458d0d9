import type { Box, LonLat } from './shapes'

/** Return a line through the middle of a box that cuts it from north to south, or from west to east. */
export function halvingLine([west, south, east, north]: Box, way: 'down' | 'across'): LonLat[] {
  const [lon, lat] = [(west + east) / 2, (south + north) / 2]
  const [dLon, dLat] = [(east - west) / 10, (north - south) / 10]
  return way === 'down'
    ? [
        [lon, south - dLat],
        [lon, north + dLat],
      ]
    : [
        [west - dLon, lat],
        [east + dLon, lat],
      ]
}

/** Read `lon,lat` pairs, one a line or after a semicolon; nothing where one is no pair of degrees. */
export function readLine(text: string): LonLat[] | undefined {
  const parts = text.split(/[\n;；]+/).filter((part) => part.trim() !== '')
  const points = parts.map((part) =>
    part
      .split(/[,，\s]+/)
      .filter(Boolean)
      .map(Number),
  )
  const isGood = points.every(
    (point) =>
      point.length === 2 &&
      point.every(Number.isFinite) &&
      Math.abs(point[0] as number) <= 180 &&
      Math.abs(point[1] as number) <= 90,
  )
  return isGood && points.length >= 2 ? (points as LonLat[]) : undefined
}

/** Write points as they are read. */
export const lineText = (points: readonly LonLat[]): string =>
  points.map(([lon, lat]) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`).join('\n')
