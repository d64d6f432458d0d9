import type { Box, LonLat } from './shapes'

/** Something on the map that somebody chose. */
export interface Picked {
  kind: 'grid' | 'venue' | 'case'
  id: string
  properties: Record<string, unknown>
}

/** Where the map looks now. */
export interface Looked {
  box: Box
  zoom: number
}

export type Drawing = 'none' | 'line' | 'polygon'

/** What somebody drew. */
export interface Drawn {
  type: 'LineString' | 'Polygon'
  coordinates: LonLat[] | LonLat[][]
}
