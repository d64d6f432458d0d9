import type { CommunityDraftOut, ProposedGrid } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { canAdopt, isAsItIs, outside, percent, place } from '../src/features/territory/drafts'

const grid = (households: number, heir: string | null, misses = 0): ProposedGrid => ({
  number: 1,
  name: '一格',
  heir_of: heir,
  households,
  buildings: 1,
  area_m2: 1,
  compactness: 0.5,
  misses,
  is_contiguous: true,
  is_forced: false,
})
const community = (part: Partial<CommunityDraftOut>): CommunityDraftOut => ({
  path: '34.02.',
  name: '花园社区',
  version: 1,
  grids: [grid(400, '34.02.001.')],
  standing: 1,
  ended: [],
  reason: null,
  reason_zh: null,
  reason_en: null,
  moved: 0,
  at_least: 0,
  edits: 0,
  adopted_at: null,
  adopted_by: '',
  ...part,
})

describe('a draft of grids', () => {
  it('has nothing to adopt where nobody changes the grid', () => {
    expect(isAsItIs(community({}))).toBe(true)
    expect(canAdopt(community({}))).toBe(false)
    expect(canAdopt(community({ moved: 12 }))).toBe(true)
    expect(canAdopt(community({ grids: [grid(400, null)] }))).toBe(true)
    expect(canAdopt(community({ ended: ['二格'] }))).toBe(true)
  })
  it('is adopted once, and not where no grid is proposed', () => {
    expect(canAdopt(community({ moved: 12, adopted_at: '2026-01-01T00:00:00Z' }))).toBe(false)
    expect(canAdopt(community({ moved: 12, grids: [] }))).toBe(false)
  })
  it('says in words how a grid lies against the bounds', () => {
    const bounds = { least: 300, most: 500 }
    expect([299, 300, 500, 501].map((n) => place(grid(n, null), bounds))).toEqual(['few', 'inside', 'inside', 'many'])
    expect(outside(community({ grids: [grid(200, null, 100), grid(400, null)] }))).toBe(1)
  })
  it('gives a share, and none of nothing', () => {
    expect([percent(1, 3), percent(0, 0)]).toEqual(['33.3%', '—'])
  })
})
