import type { StyleSpecification } from 'maplibre-gl'
import { LIGHT_COLOURS } from './colours'

const empty = { type: 'FeatureCollection' as const, features: [] }
const isIt = ['boolean', ['feature-state', 'isSelected'], false] as const

/** A quiet map of our own data alone: no tiles, no glyphs, nothing from other places. */
export function makeStyle(isDark = false): StyleSpecification {
  const colours = isDark
    ? { ground: '#111c2c', fill: '#1b2b43', line: '#55708f', name: '#c4d2e2', halo: '#111c2c' }
    : { ground: '#e9ecf0', fill: '#ffffff', line: '#98a1ae', name: '#3c4350', halo: '#ffffff' }
  return {
    version: 8,
    sources: {
      grids: { type: 'geojson', data: empty, promoteId: 'id' },
      names: { type: 'geojson', data: empty },
      venues: { type: 'geojson', data: empty, promoteId: 'id' },
      cases: { type: 'geojson', data: empty, promoteId: 'id' },
      pin: { type: 'geojson', data: empty },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
      {
        id: 'grid-fill',
        type: 'fill',
        source: 'grids',
        paint: { 'fill-color': ['case', isIt as never, '#dbe7fb', colours.fill], 'fill-opacity': 0.92 },
      },
      {
        id: 'grid-vacant',
        type: 'fill',
        source: 'grids',
        filter: ['==', ['get', 'has_member'], false],
        paint: { 'fill-color': '#b06000', 'fill-opacity': 0.12 },
      },
      {
        id: 'grid-line',
        type: 'line',
        source: 'grids',
        paint: {
          'line-color': ['case', isIt as never, '#0b57d0', colours.line],
          'line-width': ['case', isIt as never, 2.5, 1],
        },
      },
      {
        id: 'venue-dot',
        type: 'circle',
        source: 'venues',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 1.5, 16, 4.5],
          'circle-color': ['case', ['get', 'is_orphan'], '#b3261e', '#5b7fb8'],
          'circle-stroke-width': ['case', isIt as never, 3, 0.5],
          'circle-stroke-color': ['case', isIt as never, '#0b57d0', '#ffffff'],
        },
      },
      {
        id: 'grid-name',
        type: 'symbol',
        source: 'names',
        minzoom: 11,
        layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-padding': 6 },
        paint: { 'text-color': colours.name, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 },
      },
      {
        id: 'case-dot',
        type: 'circle',
        source: 'cases',
        paint: {
          'circle-radius': ['match', ['get', 'light'], 'red', 7, 'yellow', 6.5, 5.5],
          'circle-color': [
            'match',
            ['get', 'light'],
            'red',
            LIGHT_COLOURS.red,
            'yellow',
            LIGHT_COLOURS.yellow,
            'green',
            LIGHT_COLOURS.green,
            LIGHT_COLOURS.none,
          ],
          'circle-stroke-width': ['case', isIt as never, 4, 1.5],
          'circle-stroke-color': ['case', isIt as never, '#0842a0', '#ffffff'],
        },
      },
      {
        id: 'pin-dot',
        type: 'circle',
        source: 'pin',
        paint: {
          'circle-radius': 8,
          'circle-color': '#0b57d0',
          'circle-stroke-width': 3,
          'circle-stroke-color': '#ffffff',
        },
      },
    ],
  }
}
