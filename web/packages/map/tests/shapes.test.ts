import { describe, expect, it } from 'vitest'
import { boxAround, boxOf, boxText, labelPoint, labelsOf, type LonLat, type Shape } from '../src/shapes'

const square = (west: number, south: number, side: number): LonLat[] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const shape = (type: string, coordinates: unknown): Shape => ({
  type: 'Feature',
  geometry: { type, coordinates },
  properties: { name: 'x' },
})

describe('labelPoint', () => {
  it('is the middle of a square', () => {
    const [lon, lat] = labelPoint(shape('Polygon', [square(114, 22, 0.002)])) ?? [0, 0]
    expect(lon).toBeCloseTo(114.001, 9)
    expect(lat).toBeCloseTo(22.001, 9)
  })

  it('lies in the largest part of a shape of many parts', () => {
    const parts = [[square(114, 22, 0.001)], [square(115, 23, 0.01)]]
    expect(labelPoint(shape('MultiPolygon', parts))?.[0]).toBeCloseTo(115.005, 9)
  })

  it('of a shape without area is its first corner', () => {
    expect(
      labelPoint(
        shape('Polygon', [
          [
            [114, 22],
            [114, 22],
            [114, 22],
          ],
        ]),
      ),
    ).toEqual([114, 22])
  })

  it('of an empty shape is nothing, and no name is drawn', () => {
    expect(labelsOf([shape('Polygon', [])])).toEqual([])
  })
})

describe('boxes', () => {
  it('hold all shapes', () => {
    expect(boxOf([shape('Polygon', [square(114, 22, 1)]), shape('Point', [116, 21])])).toEqual([114, 21, 116, 23])
    expect(boxOf([])).toBeUndefined()
  })

  it('around a point are as wide as high on the ground', () => {
    const [west, south, east, north] = boxAround([114, 60], 1000)
    expect((east - west) / (north - south)).toBeCloseTo(2, 5)
    expect(north - south).toBeCloseTo(2000 / 111_320, 9)
  })

  it('are written as the API reads them', () => {
    expect(boxText([113.9, 22.5, 114, 22.6])).toBe('113.900000,22.500000,114.000000,22.600000')
  })
})
