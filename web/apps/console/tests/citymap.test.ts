import type { FigureTable } from '@wangge/api'
import { ringAround, type Shape } from '@wangge/map'
import { describe, expect, it } from 'vitest'
import { daysBefore, fromUrl, toUrl } from '../src/features/audit/asked'
import { queryOf, readAsked, tilesOf } from '../src/features/map/asked'
import { NO_TONE, TONES, stepsOf, tonesOf } from '../src/features/map/tones'
import { pagesNamed, stepped } from '../src/layout/found'

const NOW = '2025-10'

describe('what the map is asked for', () => {
  it('stands in the address, and comes back from it', () => {
    const asked = { ...readAsked({}, NOW), kinds: ['shop', 'inn'], states: ['ended'], hides: ['members'], colour: 'x' }
    expect(readAsked(queryOf(asked, NOW), NOW)).toEqual(asked)
    expect(queryOf(readAsked({}, NOW), NOW)).toEqual({})
    expect(readAsked({ state: 'gone', ground: 'other', first: '2025-13' }, NOW)).toEqual(readAsked({}, NOW))
  })

  it('narrows the tiles', () => {
    expect(tilesOf(readAsked({}, NOW), 'http://h')).toBe('http://h/api/map/tiles/{z}/{x}/{y}.mvt')
    expect(tilesOf(readAsked({ kind: 'a,b', tag: 'r&d', state: 'open' }, NOW), '')).toBe(
      '/api/map/tiles/{z}/{x}/{y}.mvt?venue_class=a&venue_class=b&tag=r%26d&state=open',
    )
  })
})

describe('the colours of a figure', () => {
  const row = (key: string, value: number | null, isSmall = false) => ({
    key,
    figures: [{ indicator: 'x', value, is_small: isSmall }],
  })
  const grid = (path: string): Shape => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [] },
    properties: { id: path, path },
  })

  it('has as many territories in each step', () => {
    expect(stepsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).map(({ from }) => from)).toEqual([1, 3, 5, 7, 9])
    expect(stepsOf([])).toEqual([])
    expect(stepsOf([4, 4, 4]).map(({ from }) => from)).toEqual([4])
  })

  it('gives a grid that of the territory it lies in, and none to a small sample', () => {
    const table = { territory: '34.', rows: [row('34.01.', 5), row('34.02.', 90), row('34.03.', 7, true)] }
    const shapes = [grid('34.01.001.'), grid('34.02.9.9.'), grid('34.03.1.'), grid('34.04.1.')]
    const { tones } = tonesOf(shapes, table as unknown as FigureTable, 'x')
    expect(tones['34.01.001.']).toBe(TONES[0])
    expect(tones['34.02.9.9.']).not.toBe(TONES[0])
    expect([tones['34.03.1.'], tones['34.04.1.']]).toEqual([NO_TONE, NO_TONE])
  })
})

it('a circle is as wide as it says, and closed', () => {
  const ring = ringAround([118.3, 31.3], 1000)
  expect(ring[0]).toEqual(ring.at(-1)?.map((each) => expect.closeTo(each, 9) as number))
  const wide = (Math.max(...ring.map(([lon]) => lon)) - 118.3) * Math.cos((31.3 * Math.PI) / 180) * 111_195
  expect(wide).toBeCloseTo(1000, 0)
})

describe('the palette', () => {
  const pages = [
    { name: 'cases', path: '/cases', said: '案件' },
    { name: 'map', path: '/map', said: '地图' },
  ]
  it('finds pages by name in either language, and all for no words', () => {
    expect(pagesNamed(pages, '').length).toBe(2)
    expect(pagesNamed(pages, '地').map(({ to }) => to)).toEqual(['/map'])
    expect(pagesNamed(pages, 'MAP').map(({ to }) => to)).toEqual(['/map'])
  })
  it('goes round at both ends', () => {
    expect([stepped(0, -1, 3), stepped(2, 1, 3), stepped(0, 1, 0)]).toEqual([2, 0, 0])
  })
})

describe('the audit trail', () => {
  it('asks for a week where no days are given, and says so in the address only otherwise', () => {
    const asked = fromUrl({}, '2025-10-13')
    expect([asked.first, asked.last]).toEqual(['2025-10-07', '2025-10-13'])
    expect(toUrl(asked, '2025-10-13')).toEqual({})
    expect(toUrl({ ...asked, first: '2025-10-01', action: ' reveal ' }, '2025-10-13')).toEqual({
      action: 'reveal',
      first_on: '2025-10-01',
      last_on: '2025-10-13',
    })
    expect(daysBefore('2025-03-01', 1)).toBe('2025-02-28')
  })
})
