import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'
import type { Shape } from './shapes'

export const baseUrl = (): string => `${window.location.origin}/api/map/base.geojson`

/** The ground that the city has put in place: areas, water, buildings, roads, from below to above. */
export function baseLayers(): StyleSpecification['layers'] {
  const area = (id: string, kind: string, colour: string) => ({
    id,
    type: 'fill' as const,
    source: 'base',
    filter: ['==', ['get', 'kind'], kind] as ExpressionSpecification,
    paint: { 'fill-color': colour },
  })
  return [
    area('base-green', 'green', '#d7e8d0'),
    area('base-water', 'water', '#b7d3ee'),
    area('base-building', 'building', '#d6d2cb'),
    {
      id: 'base-road',
      type: 'line',
      source: 'base',
      filter: ['==', ['get', 'kind'], 'road'],
      paint: { 'line-color': '#b9a77c', 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.6, 15, 4] },
    },
  ]
}

/** Where things happen, as a glow: the denser the cells, the stronger. */
export function heatLayer(): StyleSpecification['layers'][number] {
  return {
    id: 'heat-glow',
    type: 'heatmap',
    source: 'heat',
    paint: {
      'heatmap-weight': ['min', 1, ['/', ['get', 'n'], 20]],
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 9, 8, 13, 24, 16, 60],
      'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 9, 1, 15, 3],
      'heatmap-opacity': 0.75,
    },
  }
}

/** Cells by their middle, and how many, as points. */
export const heatShapes = (cells: readonly (readonly [number, number, number])[] = []): Shape[] =>
  cells.map(([lon, lat, n]) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: { n },
  }))
