import type { ArrivalRow, PersonRow, ReportKindOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_QUICK,
  formOf,
  lacksOf,
  matchesPerson,
  quickPayload,
  sortCalls,
  sortPeople,
} from '../src/features/visits/useVisits'

const HERE = { lon: 118.3, lat: 31.3, accuracy_m: 10, at: 0 }
const person = (part: Partial<PersonRow>): PersonRow =>
  ({
    id: 'a',
    name: '张**',
    address: '花园路1号',
    grid_name: '一格',
    lon: 118.3,
    lat: 31.3,
    standing: 'due',
    ...part,
  }) as PersonRow
const kind = (part: Partial<ReportKindOut>): ReportKindOut =>
  ({ code: 'k', becomes: 'case', matters: ['H2'], groups: [], least_photos: 0, ...part }) as ReportKindOut

describe('who is visited next', () => {
  it('is who is overdue, then who is nearest', () => {
    const far = person({ id: 'far', lat: 31.4 })
    const late = person({ id: 'late', lat: 31.5, standing: 'overdue' })
    const near = person({ id: 'near' })
    expect(sortPeople([far, near, late], HERE).map(({ id }) => id)).toEqual(['late', 'near', 'far'])
  })
  it('goes by address where nobody knows the position', () => {
    const rows = [person({ id: '10', address: '花园路10号' }), person({ id: '2', address: '花园路2号' })]
    expect(sortPeople(rows).map(({ id }) => id)).toEqual(['2', '10'])
  })
  it('is found by pieces of the address', () => {
    expect(matchesPerson(person({}), '花园 1号')).toBe(true)
    expect(matchesPerson(person({}), '人民路')).toBe(false)
  })
})

it('answers the call that is due first', () => {
  const row = (id: string, due_at: string): ArrivalRow => ({ id, due_at }) as ArrivalRow
  const sorted = sortCalls([row('b', '2025-10-13T03:00:00Z'), row('a', '2025-10-13T02:00:00Z')])
  expect(sorted.map(({ id }) => id)).toEqual(['a', 'b'])
})

describe('a quick report', () => {
  const full = {
    ...EMPTY_QUICK,
    kind: 'k',
    matter: 'H201',
    name: '李四',
    address: '花园路',
    group: 'disabled',
    value: '1',
  }

  it('holds what its kind becomes, and lacks nothing else', () => {
    expect(lacksOf(EMPTY_QUICK, undefined, true)).toEqual(['kind'])
    expect(lacksOf(full, kind({}), true)).toEqual([])
    expect(lacksOf(full, kind({ least_photos: 1 }), true)).toEqual(['photos'])
    expect(lacksOf(full, kind({ becomes: 'fact' }), true)).toEqual(['venue'])
    expect(lacksOf({ ...full, venue: 'v' }, kind({ becomes: 'fact' }), true)).toEqual([])
    expect(lacksOf({ ...full, name: '', venue: 'v' }, kind({ becomes: 'place' }), true)).toEqual([])
    expect(lacksOf({ ...full, name: ' ' }, kind({ becomes: 'place' }), true)).toEqual(['name'])
    expect(lacksOf({ ...full, group: '' }, kind({ becomes: 'person' }), false)).toEqual(['group', 'place'])
  })
  it('comes back as it was said when the house refused it', () => {
    const person = { ...EMPTY_QUICK, kind: 'k', name: '李四', address: '花园路', group: 'disabled', phone: '139' }
    const sent = quickPayload(person, kind({ becomes: 'person' }), HERE, 's')
    expect(formOf(sent)).toEqual(person)
  })
  it('sends only what its kind knows', () => {
    const told = { ...full, venue: 'v', phone: '139' }
    expect(Object.keys(quickPayload(told, kind({}), HERE, 's'))).not.toContain('groups')
    expect(quickPayload(told, kind({ becomes: 'fact' }), HERE, 's')).toMatchObject({ venue_id: 'v', value: '1' })
    expect(quickPayload(told, kind({ becomes: 'person' }), HERE, 's')).toMatchObject({
      groups: ['disabled'],
      name: '李四',
    })
    expect(quickPayload(told, kind({ becomes: 'person' }), HERE, 's')).not.toHaveProperty('venue_id')
  })
})
