import { describe, expect, it } from 'vitest'
import { formatAt, formatDue, formatOn, phraseAgo, phraseDue } from '../src/time'

const NOW = new Date('2026-03-02T02:00:00Z')
const after = (minutes: number): string => new Date(NOW.getTime() + minutes * 60_000).toISOString()

describe('phraseDue', () => {
  it.each([
    [3 * 24 * 60, { key: 'due.inDays', n: 3 }],
    [2 * 24 * 60 - 1, { key: 'due.inDays', n: 1 }],
    [24 * 60 - 1, { key: 'due.inHours', n: 23 }],
    [60, { key: 'due.inHours', n: 1 }],
    [59, { key: 'due.inMinutes', n: 59 }],
    [0, { key: 'due.inMinutes', n: 1 }],
    [-5, { key: 'due.overMinutes', n: 5 }],
    [-3 * 60, { key: 'due.overHours', n: 3 }],
    [-50 * 60, { key: 'due.overDays', n: 2 }],
  ])('says a deadline %i minutes away as %o', (minutes, phrase) => {
    expect(phraseDue(after(minutes), NOW)).toEqual(phrase)
  })
})

describe('phraseAgo', () => {
  it('never speaks of the future, even when the clocks differ a little', () => {
    expect(phraseAgo(after(1), NOW)).toEqual({ key: 'ago.minutes', n: 1 })
  })

  it('counts whole days', () => {
    expect(phraseAgo(after(-47 * 60), NOW)).toEqual({ key: 'ago.days', n: 1 })
  })
})

describe('formatAt', () => {
  it('shows the time in China, not in the zone of the browser', () => {
    expect(formatAt('2026-03-01T17:05:00Z')).toBe('2026-03-02 01:05')
    expect(formatOn('2026-03-01T17:05:00Z')).toBe('2026-03-02')
  })
})

describe('formatDue', () => {
  it.each([
    ['2026-03-01T16:00:00Z', '2026-03-01 24:00'],
    ['2025-12-31T16:00:00Z', '2025-12-31 24:00'],
    ['2026-03-01T16:01:00Z', '2026-03-02 00:01'],
    ['2026-03-02T01:30:00Z', '2026-03-02 09:30'],
  ])('says %s as %s', (at, said) => {
    expect(formatDue(at)).toBe(said)
  })
})
