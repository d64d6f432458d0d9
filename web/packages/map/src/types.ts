import type { Box, LonLat } from './shapes'

/** Something on the map that somebody chose. */
export interface Picked {
  kind: 'grid' | 'venue' | 'case' | 'member' | 'team' | 'fire'
  id: string
  properties: Record<string, unknown>
}

/** Where the map looks now. */
export interface Looked {
  box: Box
  zoom: number
}

/** What lies under our own data: grids alone, a file of the city's own, nothing, or the state's map by the city's key. */
export type Ground = 'own' | 'base' | 'none' | 'tianditu'

/** A circle that somebody drew. */
export interface Round {
  at: LonLat
  metres: number
}

export type Drawing = 'none' | 'line' | 'polygon'

/** What somebody drew. */
export interface Drawn {
  type: 'LineString' | 'Polygon'
  coordinates: LonLat[] | LonLat[][]
}
