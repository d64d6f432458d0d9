import type { RunOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { isOver, lasted, sizeOf, verdictOf } from '../src/runs'

const run = (part: Partial<RunOut>): RunOut =>
  ({ state: 'waiting', way: 'in', is_dry_run: false, written: 0, ...part }) as RunOut

describe('a run', () => {
  it('is followed until it is over', () => {
    expect((['waiting', 'running'] as const).map((state) => isOver(run({ state })))).toEqual([false, false])
    const ends = ['done', 'refused', 'cancelled', 'interrupted', 'failed'] as const
    expect(ends.every((state) => isOver(run({ state })))).toBe(true)
  })

  it('says what it does', () => {
    expect(verdictOf(run({ state: 'running' }))).toBe('reading')
    expect(verdictOf(run({ state: 'running', written: 1 }))).toBe('writing')
    expect(verdictOf(run({ state: 'running', is_ending: true }))).toBe('ending')
    expect(verdictOf(run({ state: 'running', way: 'out' }))).toBe('exporting')
  })

  it('says that a dry run wrote nothing', () => {
    expect(verdictOf(run({ state: 'done', is_dry_run: true }))).toBe('checked')
    expect(verdictOf(run({ state: 'done' }))).toBe('loaded')
    expect(verdictOf(run({ state: 'done', way: 'out' }))).toBe('exported')
    expect(verdictOf(run({ state: 'interrupted' }))).toBe('interrupted')
  })

  it('tells how long it took, or has taken', () => {
    const started_at = '2026-01-01T00:00:00Z'
    expect(lasted(run({ started_at, ended_at: '2026-01-01T00:02:05Z' }), new Date())).toBe('2 min 05 s')
    expect(lasted(run({ started_at, ended_at: null }), new Date('2026-01-01T00:00:09Z'))).toBe('9 s')
    expect(lasted(run({ started_at: null, ended_at: null }), new Date())).toBe('')
  })

  it('tells the size of a file', () => {
    expect([sizeOf(900), sizeOf(60_131_634)]).toEqual(['1 kB', '60.1 MB'])
  })
})
