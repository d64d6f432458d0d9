import type { CensusOut, WalkRow } from '@wangge/api'
import { goingOn } from '@wangge/phone'
import { describe, expect, it } from 'vitest'
import { matchesWalk, sortWalk, valuesOf } from '../src/features/census/useCensus'

const row = (id: string, address: string, lat = 31.3): WalkRow =>
  ({ venue: { id, name: `${id} 店`, address, code: id, lon: 118.3, lat }, finding: null }) as unknown as WalkRow

describe('the walk of a census', () => {
  it('goes on from its first to its last day, unless it was closed', () => {
    const made = (starts_on: string, ends_on: string, closed_at: string | null = null) =>
      ({ starts_on, ends_on, closed_at }) as CensusOut
    const rows = [
      made('2026-01-02', '2026-01-03'),
      made('2026-01-01', '2026-01-01'),
      made('2026-01-01', '2026-01-09', 'x'),
    ]
    expect(goingOn(rows, '2026-01-02')).toEqual([rows[0]])
    expect(goingOn(rows, '2026-01-03')).toEqual([rows[0]])
    expect(goingOn(rows, '2026-01-04')).toEqual([])
  })

  it('leads to the next door first and leaves what was walked to the end', () => {
    const rows = [row('a', '人民路 10 号'), row('b', '人民路 2 号'), row('c', '人民路 1 号')]
    const done = ({ venue }: WalkRow) => venue.id === 'c'
    expect(sortWalk(rows, done).map(({ venue }) => venue.id)).toEqual(['b', 'a', 'c'])
    const far = [row('far', '1', 31.4), row('near', '2', 31.301)]
    const here = { lon: 118.3, lat: 31.3, accuracy_m: 5, at: 0 }
    expect(sortWalk(far, () => false, here).map(({ venue }) => venue.id)).toEqual(['near', 'far'])
  })

  it('says only what is otherwise than recorded', () => {
    const before = { name: '红星店', tags: '三小；沿街' }
    const form = { name: ' 红星店 ', tags: '三小', area_m2: '36.5', keeper_name: '', height_m: '' }
    expect(valuesOf(form, before)).toEqual({ tags: ['三小'], area_m2: 36.5 })
    expect(valuesOf({ tags: '', name: '新店' }, before)).toEqual({ tags: [], name: '新店' })
  })

  it('is searched by every word', () => {
    expect(matchesWalk(row('a', '人民路 10 号'), '人民 店')).toBe(true)
    expect(matchesWalk(row('a', '人民路 10 号'), '解放')).toBe(false)
  })
})
