import type { OrderRow } from '@wangge/api'
import type { Item, Mark } from '@wangge/engine'
import { describe, expect, it } from 'vitest'
import { EMPTY, marksOf, photosOnSheet, resultOf, toItems } from '../src/features/orders/checklist'
import { matches, pieceOf, sectionsOf, sortRows } from '../src/features/orders/useToday'

function makeRow(venue_name: string, extra: Partial<OrderRow> = {}): OrderRow {
  return {
    id: venue_name,
    venue_id: venue_name,
    subject_kind: 'venue',
    subject_id: null,
    venue_name,
    venue_class_zh: '三小',
    venue_class_en: 'Small place',
    address: '人民路1号',
    lon: 83.5,
    lat: 39.2,
    grid_path: '99.01.',
    member_name: null,
    absent_name: null,
    rule_code: 'R',
    rule_zh: '每月一次',
    rule_en: 'once a month',
    rule_is_confirmed: false,
    season: '',
    opens_on: '2026-05-01',
    due_on: '2026-05-20',
    status: 'open',
    is_overdue: false,
    outcome: null,
    done_at: null,
    findings: 0,
    version: 1,
    ...extra,
  }
}

function makeMark(extra: Partial<Mark>): Mark {
  return { verdict: 'ok', remedy: null, note: '', photos: [], after_photos: [], case_id: null, ...extra }
}

const names = (rows: OrderRow[]) => rows.map((row) => row.venue_name)

describe('today', () => {
  it('has the overdue first, then the due day, then the nearer door', () => {
    const rows = [
      makeRow('far', { lon: 83.6 }),
      makeRow('near'),
      makeRow('soon', { due_on: '2026-05-10' }),
      makeRow('late', { is_overdue: true, due_on: '2026-05-31' }),
    ]
    const here = { lon: 83.5, lat: 39.2, accuracy_m: 5, at: 0 }
    expect(names(sortRows(rows, here))).toEqual(['late', 'soon', 'near', 'far'])
  })

  it('parts what is open now from what opens later', () => {
    const rows = [makeRow('now'), makeRow('later', { opens_on: '2026-05-05' }), makeRow('late', { is_overdue: true })]
    expect(sectionsOf(rows, '2026-05-02').map(({ key, rows: found }) => [key, names(found)])).toEqual([
      ['overdue', ['late']],
      ['now', ['now']],
      ['later', ['later']],
    ])
    expect(sectionsOf([], '2026-05-02')).toEqual([])
  })

  it('is drawn in pieces, and says how many there are in all', () => {
    const rows = [makeRow('late', { is_overdue: true }), makeRow('a'), makeRow('b'), makeRow('c')]
    const pieces = pieceOf(sectionsOf(rows, '2026-05-02'), 3)
    expect(pieces.map(({ key, rows: found, of }) => [key, names(found), of])).toEqual([
      ['overdue', ['late'], 1],
      ['now', ['a', 'b'], 3],
    ])
    expect(pieceOf(sectionsOf(rows, '2026-05-02'), 1)).toHaveLength(1)
  })

  it('is searched by every word', () => {
    const row = makeRow('Noodle House')
    expect(matches(row, 'noodle 人民路')).toBe(true)
    expect(matches(row, 'noodle 解放路')).toBe(false)
    expect(matches(row, '')).toBe(true)
  })
})

const [EXIT, SIGN] = toItems({
  id: 1,
  code: 'small',
  version: 1,
  name_zh: '',
  name_en: '',
  pack_version: '1',
  items: [
    { key: 'exit', zh: '', en: '', matter_code: 'H101' },
    { key: 'sign', zh: '', en: '', matter_code: 'H102', photo_when_failed: false },
  ],
}) as [Item, Item]

describe('what is handed in', () => {
  const exit = makeMark({ verdict: 'failed', remedy: 'persuaded', photos: ['a'], after_photos: ['b'], case_id: 'c1' })
  const sheet = { ...EMPTY, note: ' fine ', marks: { exit, sign: makeMark({ photos: ['z'] }) } }
  const order = { id: 'o1', checklist: { id: 7 } }

  it('speaks of every photo that is sent, and of no other', () => {
    const { payload, photos } = resultOf(order, [EXIT, SIGN], sheet)
    expect(payload).toMatchObject({ order_id: 'o1', outcome: 'inspected', note: 'fine', checklist_id: 7 })
    expect(payload.answers.map(({ item, ok, case_id }) => [item, ok, case_id])).toEqual([
      ['exit', false, 'c1'],
      ['sign', true, null],
    ])
    expect(photos).toEqual(['a', 'b'])
    expect(photosOnSheet(sheet)).toEqual(['a', 'b', 'z'])
  })

  it('answers nothing when nobody was there', () => {
    const { payload, photos } = resultOf(order, [EXIT, SIGN], { ...sheet, outcome: 'nobody_there' })
    expect([payload.answers, photos]).toEqual([[], []])
  })

  it('carries the position only when there is one', () => {
    expect(resultOf(order, [EXIT], EMPTY).payload).not.toHaveProperty('lon')
    expect(resultOf(order, [EXIT], EMPTY, { lon: 83.5, lat: 39.2 }).payload).toMatchObject({ lon: 83.5, lat: 39.2 })
  })

  it('carries the signature as a photo, or why there is none, and neither when nobody was there', () => {
    const signed = { ...sheet, signature: 's1' }
    const told = resultOf(order, [EXIT, SIGN], signed)
    expect([told.payload.signature, told.photos]).toEqual(['s1', ['a', 'b', 's1']])
    expect(told.payload).not.toHaveProperty('unsigned')
    expect(photosOnSheet(signed)).toEqual(['a', 'b', 'z', 's1'])
    expect(resultOf(order, [EXIT, SIGN], { ...sheet, unsigned: 'refused' }).payload).toMatchObject({
      unsigned: 'refused',
    })
    const away = resultOf(order, [EXIT], { ...signed, outcome: 'nobody_there' })
    expect([away.payload.signature, away.photos]).toEqual([undefined, []])
  })

  it('comes back as a sheet when it was refused', () => {
    const { payload } = resultOf(order, [EXIT, SIGN], { ...sheet, marks: { exit } })
    expect(marksOf(payload.answers)).toEqual({ exit })
  })
})
