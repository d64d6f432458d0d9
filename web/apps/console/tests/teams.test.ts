import type { TeamDetail } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { draftOf, moved, teamOf } from '../src/features/teams/shape'

const team = {
  id: 't1',
  version: 4,
  kind: 'station',
  name: '微站',
  path: '34.02.',
  lon: 118.3,
  lat: 31.3,
  address: '',
  radius_m: 500,
  areas: ['34.02.03.'],
  area_names: ['镜湖区'],
  duty_phone: '0553-1',
  members: [
    { id: 'm1', user_id: 7, name: '包步行', phone: '', duty: 'leader' },
    { id: 'm2', user_id: null, name: '钱**', phone: '138****5678', duty: 'member' },
  ],
  equipment: [
    {
      id: 'e1',
      kind: 'hose',
      name: '水带',
      count: 2,
      serial: '',
      storage: '',
      interval_days: 30,
      last_on: null,
      next_due_on: null,
    },
  ],
} as unknown as TeamDetail

describe('a team in a form', () => {
  it('is sent as it was read, with a command of its own and the version it was read at', () => {
    const sent = teamOf(draftOf(team, ''))
    expect(sent.team_id).toBe('t1')
    expect(sent.base_version).toBe(4)
    expect(sent.id).not.toBe('t1')
    expect(sent.areas).toEqual(['34.02.03.'])
    expect(sent.members).toEqual([
      { id: 'm1', user_id: 7, name: '', phone: '', duty: 'leader' },
      { id: 'm2', user_id: null, name: '钱**', phone: '138****5678', duty: 'member' },
    ])
    expect(sent.equipment?.[0]).not.toHaveProperty('next_due_on')
  })

  it('sends a number that was emptied as none', () => {
    const draft = draftOf(team, '')
    draft.radius_m = '' as unknown as number
    const [piece] = draft.equipment
    if (piece) Object.assign(piece, { interval_days: '', last_on: '' })
    const sent = teamOf(draft)
    expect([sent.radius_m, sent.equipment?.[0]?.interval_days, sent.equipment?.[0]?.last_on]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('begins empty in the own territory', () => {
    const draft = draftOf(undefined, '34.02.')
    expect([draft.path, draft.base_version, draft.members.length]).toEqual(['34.02.', 0, 0])
  })
})

describe('the order of calling', () => {
  it('changes by one place and never beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})
