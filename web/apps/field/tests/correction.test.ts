import type { VenueDetail } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { changedOf, chosenOf, draftOf, sidesOf } from '../src/features/places/correction'

const place = {
  id: 'v1',
  name: '前街五金店',
  address: '前街 1 号',
  area_m2: 40,
  keeper_name: '张*',
  keeper_phone: '139****5678',
  is_open: true,
  version: 3,
} as VenueDetail

describe('a correction', () => {
  it('says only what was touched', () => {
    expect(changedOf(place, draftOf(place))).toEqual({})
    const form = { ...draftOf(place), name: ' 后街五金店 ', area_m2: '', is_shut: true }
    expect(changedOf(place, form)).toEqual({ name: '后街五金店', area_m2: null, is_open: false })
    expect(changedOf(place, { ...draftOf(place), area_m2: '41.5' })).toEqual({ area_m2: 41.5 })
    expect(changedOf(place, { ...draftOf(place), area_m2: 'large' })).toEqual({})
  })

  it('meets what stands field by field, and what is the same on both sides is no question', () => {
    const mine = { venue_id: 'v1', name: '后街五金店', address: '前街 1 号', is_open: false }
    expect(sidesOf(mine, place)).toEqual([
      { field: 'name', mine: '后街五金店', theirs: '前街五金店' },
      { field: 'is_open', mine: '✗', theirs: '✓' },
    ])
  })

  it('becomes what was chosen, and nothing when all that stands is kept', () => {
    const mine = { venue_id: 'v1', name: '后街五金店', address: '后街 2 号' }
    const sides = sidesOf(mine, place)
    expect(chosenOf(mine, sides, { name: 'theirs', address: 'mine' })).toEqual({
      payload: { venue_id: 'v1', address: '后街 2 号' },
      choice: 'mixed',
    })
    expect(chosenOf(mine, sides, { name: 'mine', address: 'mine' }).choice).toBe('mine')
    expect(chosenOf(mine, sides, { name: 'theirs', address: 'theirs' })).toEqual({
      payload: undefined,
      choice: 'theirs',
    })
  })
})
