import type { StyleSpecification } from 'maplibre-gl'

const empty = { type: 'FeatureCollection' as const, features: [] }

/** Grids that can be chosen, what a check found in them, and how they would be cut. */
export function makeDrawingStyle(): StyleSpecification {
  const isChosen = ['boolean', ['feature-state', 'isChosen'], false] as never
  return {
    version: 8,
    sources: {
      grids: { type: 'geojson', data: empty, promoteId: 'id' },
      names: { type: 'geojson', data: empty },
      findings: { type: 'geojson', data: empty },
      preview: { type: 'geojson', data: empty },
      previewNames: { type: 'geojson', data: empty },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': '#e9ecf0' } },
      {
        id: 'grid-fill',
        type: 'fill',
        source: 'grids',
        paint: { 'fill-color': ['case', isChosen, '#cfe0fc', '#ffffff'], 'fill-opacity': 0.92 },
      },
      {
        id: 'grid-line',
        type: 'line',
        source: 'grids',
        paint: { 'line-color': ['case', isChosen, '#0b57d0', '#7b8594'], 'line-width': ['case', isChosen, 3, 1] },
      },
      {
        id: 'preview-fill',
        type: 'fill',
        source: 'preview',
        paint: { 'fill-color': '#0d7a3f', 'fill-opacity': 0.14 },
      },
      {
        id: 'preview-line',
        type: 'line',
        source: 'preview',
        paint: { 'line-color': '#0d5a26', 'line-width': 2.5, 'line-dasharray': [2, 1.5] },
      },
      {
        id: 'finding-fill',
        type: 'fill',
        source: 'findings',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': ['match', ['get', 'kind'], 'gap', '#b3261e', '#7a3fb0'], 'fill-opacity': 0.55 },
      },
      {
        id: 'finding-line',
        type: 'line',
        source: 'findings',
        paint: { 'line-color': ['match', ['get', 'kind'], 'gap', '#b3261e', '#7a3fb0'], 'line-width': 3 },
      },
      {
        id: 'grid-name',
        type: 'symbol',
        source: 'names',
        layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-padding': 6 },
        paint: { 'text-color': '#3c4350', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
      },
      {
        id: 'preview-name',
        type: 'symbol',
        source: 'previewNames',
        layout: { 'text-field': ['get', 'name'], 'text-size': 13, 'text-offset': [0, 1.4] },
        paint: { 'text-color': '#0d5a26', 'text-halo-color': '#ffffff', 'text-halo-width': 2 },
      },
    ],
  }
}
