import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl'
import { baseLayers, baseUrl, heatLayer } from './base'
import { LIGHT_COLOURS } from './colours'
import type { LonLat, Shape } from './shapes'
import type { Ground, Round } from './types'

const empty = { type: 'FeatureCollection' as const, features: [] }
const isIt: ExpressionSpecification = ['boolean', ['feature-state', 'isSelected'], false]
const isKind = (kind: string): ExpressionSpecification => ['==', ['get', 'layer'], kind]

/** Cells from pale to dark by how many places they have; the steps of the legend. */
export const CELL_STEPS: readonly (readonly [from: number, colour: string])[] = [
  [1, '#cfe0f7'],
  [10, '#9dc0ee'],
  [50, '#6397dc'],
  [200, '#2f6cc0'],
  [1000, '#123f86'],
]
export const PLACE_COLOURS = { open: '#3f6fb5', ended: '#7d8592', orphan: '#b3261e' } as const

const cellColour = [
  'step',
  ['get', 'n'],
  CELL_STEPS[0]?.[1],
  ...CELL_STEPS.slice(1).flat(),
] as unknown as ExpressionSpecification

/** The tiles of the state's map by the city's own key: vectors and their names. WGS-84 as CGCS2000, no shift. */
function tianditu(key: string): Record<string, { type: 'raster'; tiles: string[]; tileSize: number; maxzoom: number }> {
  const of = (layer: string): string[] =>
    ['0', '1', '2', '3'].map(
      (n) =>
        `https://t${n}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}` +
        `&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`,
    )
  return Object.fromEntries(
    ['vec', 'cva'].map((layer) => [layer, { type: 'raster', tiles: of(layer), tileSize: 256, maxzoom: 18 }]),
  )
}

/** The map of the command centre: our own data; another server only where the city has given a key for it. */
export function makeCityStyle(tiles: string, ground: Ground, key: string): StyleSpecification {
  const isState = ground === 'tianditu' && key !== ''
  return {
    version: 8,
    sources: {
      ...(isState ? tianditu(key) : {}),
      places: { type: 'vector', tiles: [tiles], minzoom: 0, maxzoom: 18 },
      grids: { type: 'geojson', data: empty, promoteId: 'id' },
      names: { type: 'geojson', data: empty },
      circle: { type: 'geojson', data: empty },
      things: { type: 'geojson', data: empty, promoteId: 'id' },
      pin: { type: 'geojson', data: empty },
      heat: { type: 'geojson', data: empty },
      ...(ground === 'base' ? { base: { type: 'geojson' as const, data: baseUrl() } } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': ground === 'none' ? '#ffffff' : '#e9ecf0' } },
      ...(isState ? (['vec', 'cva'] as const).map((id) => ({ id, type: 'raster' as const, source: id })) : []),
      ...(ground === 'base' ? baseLayers() : []),
      {
        id: 'grid-fill',
        type: 'fill',
        source: 'grids',
        paint: {
          'fill-color': ['case', isIt, '#dbe7fb', ['coalesce', ['get', 'tone'], '#ffffff']],
          'fill-opacity':
            isState || ground === 'base' ? 0.4 : ground === 'none' ? ['case', ['has', 'tone'], 0.85, 0.01] : 0.92,
        },
      },
      {
        id: 'cell-fill',
        type: 'fill',
        source: 'places',
        'source-layer': 'cells',
        paint: { 'fill-color': cellColour, 'fill-opacity': 0.78, 'fill-antialias': false },
      },
      {
        id: 'grid-line',
        type: 'line',
        source: 'grids',
        paint: {
          'line-color': ['case', isIt, '#0b57d0', '#8a93a0'],
          'line-width': [
            'interpolate',
            ['linear'],
            ['zoom'],
            9,
            ['case', isIt, 2.5, 0.4],
            14,
            ['case', isIt, 2.5, 1.2],
          ],
        },
      },
      {
        id: 'place-dot',
        type: 'circle',
        source: 'places',
        'source-layer': 'places',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 13, 1.6, 17, 5],
          'circle-color': [
            'match',
            ['get', 'state'],
            'ended',
            PLACE_COLOURS.ended,
            'orphan',
            PLACE_COLOURS.orphan,
            PLACE_COLOURS.open,
          ],
          'circle-stroke-width': 0.5,
          'circle-stroke-color': '#ffffff',
        },
      },
      heatLayer(),
      {
        id: 'circle-fill',
        type: 'fill',
        source: 'circle',
        paint: { 'fill-color': '#6a3fb5', 'fill-opacity': 0.1 },
      },
      { id: 'circle-line', type: 'line', source: 'circle', paint: { 'line-color': '#6a3fb5', 'line-width': 2 } },
      {
        id: 'grid-name',
        type: 'symbol',
        source: 'names',
        minzoom: 11,
        layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-padding': 6 },
        paint: { 'text-color': '#3c4350', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
      },
      {
        id: 'team-mark',
        type: 'symbol',
        source: 'things',
        filter: isKind('team'),
        layout: { 'text-field': '◆', 'text-size': 18, 'text-allow-overlap': true },
        paint: { 'text-color': '#6a3fb5', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
      },
      {
        id: 'fire-mark',
        type: 'symbol',
        source: 'things',
        filter: isKind('fire'),
        layout: { 'text-field': '▲', 'text-size': 17, 'text-allow-overlap': true },
        paint: { 'text-color': '#c2410c', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
      },
      {
        id: 'case-dot',
        type: 'circle',
        source: 'things',
        filter: isKind('case'),
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
          'circle-stroke-width': ['case', isIt, 4, 1.5],
          'circle-stroke-color': ['case', isIt, '#0842a0', '#ffffff'],
        },
      },
      {
        id: 'member-dot',
        type: 'circle',
        source: 'things',
        filter: isKind('member'),
        paint: {
          'circle-radius': 7,
          'circle-color': ['case', ['get', 'isOld'], '#ffffff', '#0b7285'],
          'circle-stroke-width': 2.5,
          'circle-stroke-color': ['case', ['get', 'isOld'], '#0b7285', '#ffffff'],
        },
      },
      {
        id: 'member-name',
        type: 'symbol',
        source: 'things',
        filter: isKind('member'),
        minzoom: 12,
        layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-offset': [0, 1.2], 'text-anchor': 'top' },
        paint: { 'text-color': '#0b5563', 'text-halo-color': '#ffffff', 'text-halo-width': 1.5 },
      },
      {
        id: 'pin-dot',
        type: 'circle',
        source: 'pin',
        paint: {
          'circle-radius': 8,
          'circle-color': 'rgba(0,0,0,0)',
          'circle-stroke-width': 3,
          'circle-stroke-color': '#0842a0',
        },
      },
    ],
  }
}

/** Return a ring of 64 corners around a centre. Units: degrees, metres. */
export function ringAround([lon, lat]: readonly [number, number], metres: number): [number, number][] {
  const up = metres / 111_195
  const along = up / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  return Array.from({ length: 65 }, (_, n) => {
    const turn = (n / 64) * 2 * Math.PI
    return [lon + along * Math.cos(turn), lat + up * Math.sin(turn)]
  })
}

export const ringOf = ({ at, metres }: Round): Shape => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Polygon', coordinates: [ringAround(at, metres)] },
})

export const pointAt = (at: LonLat): Shape => ({
  type: 'Feature',
  properties: {},
  geometry: { type: 'Point', coordinates: at },
})

/** Return the shapes with the colour that each is given. */
export const withTones = (
  shapes: readonly Shape[],
  tones: Readonly<Record<string, string>> | undefined,
): readonly Shape[] =>
  tones
    ? shapes.map((shape) => ({
        ...shape,
        properties: { ...shape.properties, tone: tones[String(shape.properties.id)] },
      }))
    : shapes
