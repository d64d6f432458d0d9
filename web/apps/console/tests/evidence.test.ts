import type { EvidenceOut, ExportOut, FindingOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { groupFindings, isOver, photoOf, shareOf, sizeOf } from '../src/features/cases/evidence'

const finding = (verdict: FindingOut['verdict'], seq = 1): FindingOut => ({
  sha256: 'a'.repeat(64),
  seq,
  kind: 'time',
  verdict,
  value: null,
  limit: 120,
  zh: '',
  en: '',
  used_before: [],
})
const photo = (seq: number) => ({ sha256: 'a'.repeat(64), seq, taken_at: null, lon: null, lat: null, camera: `${seq}` })
const evidence = (findings: FindingOut[]): EvidenceOut => ({
  photos: [photo(1), photo(5)],
  findings,
  is_confirmed: true,
})
const made = (state: ExportOut['state'], done = 0, cases = 3): ExportOut => ({
  id: '019d1832-0eb8-7baa-a4b6-ba7cea28150d',
  state,
  reason: '行政复议',
  asked_at: '2026-03-02T02:00:00Z',
  cases,
  done,
  made_at: null,
  kept_until: null,
  size_bytes: null,
  sha256: '',
})

describe('what photos say', () => {
  it('is sorted by what wants a second look, and nothing is lost', () => {
    const groups = groupFindings(
      evidence([finding('agrees'), finding('differs'), finding('unknown'), finding('agrees')]),
    )
    expect(Object.keys(groups)).toEqual(['differs', 'unknown', 'agrees'])
    expect([groups.differs.length, groups.unknown.length, groups.agrees.length]).toEqual([1, 1, 2])
    expect(groupFindings(undefined).differs).toEqual([])
  })

  it('is told of the step, also where one photo is in two', () => {
    const found = evidence([])
    expect(photoOf(found, finding('differs', 5))?.camera).toBe('5')
    expect(photoOf(found, finding('differs', 2))).toBeUndefined()
  })
})

describe('a bundle that is made', () => {
  it('is asked after until it is over', () => {
    expect(['waiting', 'making'].map((state) => isOver(made(state as ExportOut['state'])))).toEqual([false, false])
    expect(['ready', 'failed', 'expired'].map((state) => isOver(made(state as ExportOut['state'])))).toEqual([
      true,
      true,
      true,
    ])
  })

  it('tells its share, never more than all', () => {
    expect([shareOf(made('making', 1)), shareOf(made('making', 3)), shareOf(made('making', 20))]).toEqual([
      33, 100, 100,
    ])
  })

  it('tells its size as people read it', () => {
    expect([sizeOf(0), sizeOf(1), sizeOf(999_001), sizeOf(1_250_000)]).toEqual(['0 kB', '1 kB', '1000 kB', '1.3 MB'])
  })
})
