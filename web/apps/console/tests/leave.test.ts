import { describe, expect, it } from 'vitest'
import { shifted, weekFrom } from '../src/features/leave/days'

describe('days of a leave', () => {
  it('counts over the ends of months and years', () => {
    expect(shifted('2026-02-28', 1)).toBe('2026-03-01')
    expect(shifted('2026-12-31', 1)).toBe('2027-01-01')
    expect(shifted('2026-03-01', -1)).toBe('2026-02-28')
  })

  it('begins a week on its Monday, on a Sunday too', () => {
    expect(weekFrom('2026-11-26', 0)).toEqual({ starts_on: '2026-11-23', ends_on: '2026-11-30' })
    expect(weekFrom('2026-11-29', 0)).toEqual({ starts_on: '2026-11-23', ends_on: '2026-11-30' })
    expect(weekFrom('2026-11-23', 1)).toEqual({ starts_on: '2026-11-30', ends_on: '2026-12-07' })
  })
})
