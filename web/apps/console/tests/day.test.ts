import type { MapDayOut, PeriodOut, TargetOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { thingsAt } from '../src/features/map/day'
import { partOf, said, standingOf } from '../src/features/targets/targets'

const one = { lon: 118.3, lat: 31.3, name_zh: '堵门', name_en: 'blocked' }
const DAY: MapDayOut = {
  on: '2026-11-27',
  cases: [
    { ...one, id: 'early', from_minute: 0, to_minute: 600 },
    { ...one, id: 'late', from_minute: 540, to_minute: null },
  ],
  walks: [
    {
      number: 1,
      steps: [
        [480, 118.3, 31.3],
        [485, 118.4, 31.3],
      ],
    },
  ],
  fires: [{ id: 'fire', lon: 118.3, lat: 31.3, minute: 570, name: '花园路' }],
  is_complete: true,
}
const at = (minute: number): string[] => thingsAt(DAY, minute, (zh) => zh).map((shape) => String(shape.properties.id))

describe('a day again', () => {
  it('has what was open at the minute, and nothing that had ended', () => {
    expect(at(100)).toEqual(['early'])
    expect(at(575)).toEqual(['early', 'late', 'fire'])
    expect(at(700)).toEqual(['late'])
  })
  it('shows where somebody was last, until it is too long ago', () => {
    expect(at(486)).toEqual(['early', 'walk-1'])
    expect(at(506)).toEqual(['early'])
  })
  it('marks a case that was reported within the hour', () => {
    const [, late] = thingsAt(DAY, 550, (zh) => zh)
    expect(late?.properties.light).toBe('yellow')
  })
})

const period = (standing: PeriodOut['standing'], fact: number | null, plan = 50): PeriodOut => ({
  key: '2026-01',
  starts_on: '2026-01-01',
  ends_on: '2026-02-01',
  plan,
  fact,
  part: null,
  whole: null,
  is_small: false,
  standing,
  forecast: null,
})

describe('targets', () => {
  it('stand as their last judged period does', () => {
    const periods = [period('reached', 60), period('behind', 40), period('running', 10), period('coming', null)]
    expect(standingOf({ periods, now: periods[2] } as TargetOut)).toBe('behind')
    expect(standingOf({ periods: [period('running', 1)], now: period('running', 1) } as TargetOut)).toBe('running')
  })
  it('show how much of the plan is there', () => {
    expect([partOf(period('running', 25)), partOf(period('reached', 80)), partOf(null)]).toEqual([50, 100, 0])
    expect(partOf(period('unknown', null))).toBe(0)
    expect([
      said(97.76, 'pct', 'h'),
      said(26, 'hours', 'h'),
      said(1200, 'orders', 'h'),
      said(null, 'pct', 'h'),
    ]).toEqual(['97.76%', '26 h', '1,200', '–'])
  })
})
