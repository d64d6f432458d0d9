import { describe, expect, it } from 'vitest'
import { pointInside } from '../src/features/cases/inside'
import { canDoHere, changesOf, isMainStep, type Seen, takesPhotos } from '../src/features/cases/steps'
import { draftOf, EMPTY, groupMatters, lacksOf } from '../src/features/cases/useReport'

const SEEN: Seen = {
  stage_name: '派遣',
  stage_name_en: 'Dispatched',
  department_name: null,
  handler_name: null,
  due_at: null,
  rework: 0,
  version: 3,
}

describe('both sides of a conflict', () => {
  it('tell what differs and leave out what does not', () => {
    const now = { ...SEEN, stage_name: '处置', handler_name: '王芳', version: 5 }
    expect(changesOf(SEEN, now, (row) => row.stage_name)).toEqual([
      { field: 'status', seen: '派遣', now: '处置' },
      { field: 'handler', seen: '', now: '王芳' },
      { field: 'version', seen: '3', now: '5' },
    ])
  })

  it('tell the present alone when the phone no longer knows what was seen', () => {
    expect(changesOf(undefined, SEEN, (row) => row.stage_name).map((row) => row.now)).toEqual(['派遣', '0', '3'])
  })
})

describe('the steps of a case', () => {
  it('that need another case are for the desk', () => {
    expect(canDoHere({ action: 'merge', needs: ['reason', 'case'], takes: [] })).toBe(false)
    expect(canDoHere({ action: 'invite', needs: ['departments'], takes: [] })).toBe(false)
    expect(canDoHere({ action: 'dispatch', needs: ['department'], takes: ['departments'] })).toBe(true)
  })

  it('take photos where the server needs them, and at a verdict', () => {
    expect(takesPhotos({ action: 'feed_back', needs: ['photos'], takes: [] })).toBe(true)
    expect(takesPhotos({ action: 'pass', needs: [], takes: ['photos'] })).toBe(true)
    expect(takesPhotos({ action: 'sign', needs: [], takes: [] })).toBe(false)
    expect([isMainStep('pass'), isMainStep('fail')]).toEqual([true, false])
  })
})

describe('a report', () => {
  it('needs a matter, a word or a photo, and a place', () => {
    expect(lacksOf(EMPTY)).toEqual(['matter', 'said', 'place'])
    const place = { from: 'typed', lon: 83.5, lat: 39.2 } as const
    expect(lacksOf({ ...EMPTY, matter: 'H101', photos: ['a'], place })).toEqual([])
    expect(lacksOf({ ...EMPTY, matter: 'H101', text: ' ', place })).toEqual(['said'])
  })

  it('that was refused comes back with all that it said', () => {
    expect(
      draftOf({
        matter_code: 'H101',
        text: '堆物',
        address: '',
        photos: ['a'],
        lon: 83.5,
        lat: 39.2,
        channel: 'patrol',
        venue_id: 'v1',
      }),
    ).toEqual({
      matter: 'H101',
      text: '堆物',
      address: '',
      photos: ['a'],
      place: { from: 'typed', lon: 83.5, lat: 39.2 },
      venue: { id: 'v1', name: '' },
    })
  })

  it('finds its matter in a group', () => {
    const matter = (code: string, group: string) => ({
      code,
      name_zh: code,
      name_en: code,
      group_code: group,
      group_zh: group,
      group_en: group,
      severity: 'general' as const,
      fix_days: 1,
      fix_hours: null,
      basis: '',
      department_kind: 'police',
      words_zh: [],
      stops_operation: false,
      is_restricted: false,
      is_confirmed: false,
    })
    const groups = groupMatters([matter('H101', 'H1'), matter('H201', 'H2'), matter('H102', 'H1')])
    expect(groups.map((one) => [one.code, one.matters.map((each) => each.code)])).toEqual([
      ['H1', ['H101', 'H102']],
      ['H2', ['H201']],
    ])
  })
})

describe('a point inside a grid', () => {
  it('is in the wider arm of a bent one, not in the hollow', () => {
    const bent = [
      [0, 0],
      [10, 0],
      [10, 10],
      [6, 10],
      [6, 2],
      [1, 2],
      [1, 10],
      [0, 10],
      [0, 0],
    ]
    expect(pointInside({ type: 'Polygon', coordinates: [bent] })).toEqual({ lon: 8, lat: 5 })
    expect(pointInside({ type: 'MultiPolygon', coordinates: [[bent]] })).toEqual({ lon: 8, lat: 5 })
  })

  it('is nowhere in a line', () => {
    expect(pointInside({ type: 'LineString', coordinates: [] })).toBeUndefined()
  })
})
