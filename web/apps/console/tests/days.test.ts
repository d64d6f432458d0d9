import { describe, expect, it } from 'vitest'
import { readDays } from '../src/features/calendar/days'

describe('the days of a notice', () => {
  it('are read with and without the year, one a line or parted by commas', () => {
    expect(readDays('5-1\n2026-5-2，05-03、5-4; 5-5', 2026)).toEqual({
      days: ['2026-05-01', '2026-05-02', '2026-05-03', '2026-05-04', '2026-05-05'],
      wrong: [],
    })
  })

  it('are read as a span, also over the end of a month and of a year', () => {
    expect(readDays('2-27 至 3-2', 2028).days).toEqual([
      '2028-02-27',
      '2028-02-28',
      '2028-02-29',
      '2028-03-01',
      '2028-03-02',
    ])
    expect(readDays('2026-12-31~2027-1-2', 2027).days).toEqual(['2026-12-31', '2027-01-01', '2027-01-02'])
  })

  it('stand once and in order, however often they were written', () => {
    expect(readDays('5-2\n5-1\n5-2', 2026).days).toEqual(['2026-05-01', '2026-05-02'])
  })

  it('that no calendar has are told back, not guessed', () => {
    expect(readDays('2-29\n4-31\n元旦\n5-3 到 5-1\n5-1', 2026)).toEqual({
      days: ['2026-05-01'],
      wrong: ['2-29', '4-31', '元旦', '5-3 到 5-1'],
    })
  })

  it('of an empty text are none', () => {
    expect(readDays(' \n，\n', 2026)).toEqual({ days: [], wrong: [] })
  })
})
