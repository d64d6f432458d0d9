import type { VenueDetail } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { bodyOf, draftOf, mergeSides } from '../src/features/venues/editing'

const venue = {
  id: 'v',
  version: 3,
  code: 'A1',
  name: '一号店',
  class_code: 'shop',
  tags: ['重点', '高层'],
  address: '镜湖路 1 号',
  lon: 118.305,
  lat: 31.305,
  area_m2: null,
  height_m: 9.5,
  credit_code: '',
  keeper_name: '张*',
  keeper_phone: '138****5678',
  is_open: false,
} as unknown as VenueDetail

describe('a dossier that is edited', () => {
  it('goes back as it came when nothing was typed', () => {
    const body = bodyOf(venue, draftOf(venue))
    expect(body).toMatchObject({ base_version: 3, tags: ['重点', '高层'], area_m2: null, height_m: 9.5 })
    expect(body).toMatchObject({ keeper_name: '张*', keeper_phone: '138****5678', is_open: false })
  })

  it('parts tags by any of the marks and drops empty ones', () => {
    expect(bodyOf(venue, { ...draftOf(venue), tags: '重点； 高层;；三小|' }).tags).toEqual(['重点', '高层', '三小'])
  })
})

describe('somebody who was faster', () => {
  const base = draftOf(venue)

  it('gives what only they changed, and keeps what only I changed', () => {
    const merged = mergeSides(base, { ...base, name: '我的名' }, { ...base, address: '新路 2 号' })
    expect(merged).toEqual({
      draft: { ...base, name: '我的名', address: '新路 2 号' },
      clashes: [],
      taken: ['address'],
    })
  })

  it('clashes where both changed the same field differently, and mine stands until somebody chooses', () => {
    const merged = mergeSides(base, { ...base, name: '我的名' }, { ...base, name: '他的名' })
    expect(merged.clashes).toEqual([{ field: 'name', mine: '我的名', theirs: '他的名' }])
    expect(merged.draft.name).toBe('我的名')
  })

  it('does not clash where both wrote the same', () => {
    expect(mergeSides(base, { ...base, name: '同名' }, { ...base, name: '同名' }).clashes).toEqual([])
  })
})
