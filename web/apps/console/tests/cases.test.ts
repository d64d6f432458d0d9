import type { CaseDetail, CaseRow, EventOut, MatterOut } from '@wangge/api'
import { describe, expect, it, vi } from 'vitest'
import { BATCHES, batchOf, sendBatch } from '../src/features/cases/batch'
import { changesOf, isMainStep, makeSteadyStep, stepOn, withPower } from '../src/features/cases/commands'
import { dueOf } from '../src/features/cases/dues'
import { partPhotos, photosOf, reasonOf } from '../src/features/cases/events'
import { exportUrl, fromUrl, isNarrowed, noFilters, toQuery, toUrl } from '../src/features/cases/filters'
import { groupRows, readLook } from '../src/features/cases/useListLook'
import { neighboursOf } from '../src/features/cases/trail'
import { moveIn } from '../src/features/cases/useListKeys'
import { keepChosen } from '../src/features/cases/useCaseList'
import { groupMatters } from '../src/features/cases/useReferences'

describe('filters in the address', () => {
  it('are empty for what is shown at first', () => {
    expect(toUrl(noFilters())).toEqual({})
    expect(toQuery(fromUrl({}))).toEqual({ waiting_for_me: true, sort: 'due' })
  })

  it('come back from the address as they went in', () => {
    const filters = {
      ...noFilters(),
      view: 'open' as const,
      sort: 'light' as const,
      q: '纸箱',
      status: ['reported', 'handling'] as const satisfies CaseDetail['status'][],
      severity: 'urgent' as const,
      department: 7,
      light: 'red' as const,
      matter: 'H1',
      grid: '99.01.',
      venue: '0195f001-0000-7000-8000-000000000001',
    }
    expect(fromUrl(toUrl(filters) as Record<string, string>)).toEqual(filters)
  })

  it('leave out what they do not know', () => {
    const filters = fromUrl({
      view: 'yours',
      sort: 'loudest',
      status: 'reported,eaten',
      light: 'blue',
      department: '-3',
      severity: 'big',
    })
    expect(filters).toEqual({ ...noFilters(), status: ['reported'] })
  })

  it('take the first of a repeated word', () => {
    expect(fromUrl({ q: ['a', 'b'], grid: [null] })).toMatchObject({ q: 'a', grid: '' })
  })

  it('ask the server in its own words', () => {
    expect(toQuery({ ...noFilters(), view: 'open', venue: 'v', department: 4 })).toEqual({
      is_open: true,
      venue_id: 'v',
      department_id: 4,
    })
  })

  it('sort what is to be done by its deadline, unless somebody says otherwise', () => {
    expect(toQuery({ ...noFilters(), view: 'mine' })).toEqual({ mine: true, sort: 'due' })
    expect(toQuery({ ...noFilters(), sort: 'light' })).toEqual({ waiting_for_me: true, sort: 'light' })
    expect(toQuery({ ...noFilters(), view: 'all', sort: 'newest' })).toEqual({})
  })

  it('count the tab as no filter', () => {
    expect(isNarrowed({ ...noFilters(), view: 'all' })).toBe(false)
    expect(isNarrowed({ ...noFilters(), light: 'red' })).toBe(true)
  })

  it('export what is shown', () => {
    expect(exportUrl({ ...noFilters(), view: 'all', q: '堵 塞', status: ['reported', 'closed'] }, 'xlsx')).toBe(
      '/api/cases/export.xlsx?q=%E5%A0%B5+%E5%A1%9E&status=reported&status=closed',
    )
  })
})

describe('the look of the list', () => {
  it('is read as this browser remembers it, and leaves out what it does not know', () => {
    expect(readLook('{"columns":["reported","price","status"],"isDense":true}')).toEqual({
      columns: ['status', 'reported'],
      isDense: true,
      isGrouped: false,
      size: 50,
    })
  })

  it('puts the cases of a department together, and keeps their order', () => {
    const rows = ['fire', null, 'fire'].map((name, n) => ({ id: String(n), department_name: name }) as CaseRow)
    const ids = (isGrouped: boolean) =>
      groupRows(rows, isGrouped, 'nobody').map(({ name, rows }) => [name, ...rows.map(({ id }) => id)])
    expect(ids(true)).toEqual([
      ['fire', '0', '2'],
      ['nobody', '1'],
    ])
    expect(ids(false)).toEqual([[undefined, '0', '1', '2']])
  })

  it('is the whole list where nothing or nonsense is remembered', () => {
    for (const text of [null, '', '{', '[]', '{"columns":3}']) expect(readLook(text).columns).toHaveLength(5)
  })
})

describe('commands', () => {
  const seen = { id: 'c1', version: 3 } as CaseDetail

  it('keep their id and time while their content stays, so a retry is the same command', () => {
    let now = 1_800_000_000_000
    const steady = makeSteadyStep(() => new Date((now += 60_000)))
    const first = steady(stepOn(seen, 'reject', { reason: 'no' }))
    expect(steady(stepOn(seen, 'reject', { reason: 'no' }))).toEqual(first)
    const other = steady(stepOn(seen, 'reject', { reason: 'not a hazard' }))
    expect(other.id).not.toBe(first.id)
    expect(other.at > first.at).toBe(true)
  })

  it('name the version that was looked at', () => {
    expect(stepOn(seen, 'accept')).toEqual({ case_id: 'c1', action: 'accept', base_version: 3 })
  })

  it('put the steps that turn aside behind the others', () => {
    expect((['accept', 'reject', 'pass', 'fail', 'merge'] as const).filter(isMainStep)).toEqual(['accept', 'pass'])
  })
})

describe('a conflict', () => {
  const side = { status: 'accepted', department_name: null, handler_name: null, due_at: null, rework: 0, version: 3 }

  it('shows only what differs, both sides', () => {
    const now = { ...side, status: 'dispatched', department_name: '消防所', version: 4 }
    expect(changesOf(side as CaseDetail, now as CaseDetail)).toEqual([
      { field: 'status', seen: 'accepted', now: 'dispatched' },
      { field: 'department', seen: '', now: '消防所' },
      { field: 'version', seen: '3', now: '4' },
    ])
  })
})

describe('events', () => {
  const event = (action: EventOut['action'], detail: EventOut['detail']): EventOut =>
    ({ action, detail, seq: 1, before: '', after: '' }) as EventOut

  it('part the photos into how it was found and how it was left', () => {
    const events = [
      event('report', {}),
      event('feed_back', { photos: ['c', 'a'] }),
      event('fail', { photos: ['d', 'c'], reason: '还在' }),
    ]
    expect(partPhotos({ photos: ['a', 'b'], events })).toEqual({ before: ['a', 'b'], after: ['c', 'a', 'd'] })
  })

  it('tell the reason, and do without one', () => {
    expect(reasonOf(event('reject', { reason: '重复' }))).toBe('重复')
    expect(reasonOf(event('accept', {}))).toBe('')
    expect(photosOf(event('accept', { photos: 'broken' }))).toEqual([])
  })
})

describe('the keyboard', () => {
  const ids = ['a', 'b', 'c']

  it('starts at the first row and stays inside the list', () => {
    expect(moveIn(ids, undefined, -1)).toBe('a')
    expect(moveIn(ids, 'a', 1)).toBe('b')
    expect(moveIn(ids, 'c', 1)).toBe('c')
    expect(moveIn(ids, 'a', -1)).toBe('a')
  })

  it('starts anew when the row is gone, and has nowhere to go in an empty list', () => {
    expect(moveIn(ids, 'x', 1)).toBe('a')
    expect(moveIn([], undefined, 1)).toBeUndefined()
  })

  it('knows the neighbours of a case', () => {
    expect(neighboursOf('b', ids)).toEqual({ previous: 'a', next: 'c', place: 2, count: 3 })
    expect(neighboursOf('a', ids)?.previous).toBeUndefined()
    expect(neighboursOf('z', ids)).toBeUndefined()
  })
})

it('matters are grouped in the order in which they came', () => {
  const matter = (code: string, group: string): MatterOut =>
    ({ code, group_code: group, group_zh: group, group_en: group }) as MatterOut
  const groups = groupMatters([matter('H301', 'H3'), matter('H101', 'H1'), matter('H302', 'H3')])
  expect(groups.map((group) => [group.code, group.matters.map(({ code }) => code)])).toEqual([
    ['H3', ['H301', 'H302']],
    ['H1', ['H101']],
  ])
})

describe('the deadline in a list', () => {
  const now = new Date('2026-03-02T02:00:00Z')
  const row = { light: 'red' as const, due_at: '2026-03-04T02:00:00Z', stage_due_at: '2026-03-01T23:00:00Z' }

  it('is that of the stage when the stage alone is overdue', () => {
    expect(dueOf(row, now)).toEqual({ phrase: { key: 'due.overHours', n: 3 }, isStage: true })
  })

  it('is that of the whole case once that is overdue too, and in all other states', () => {
    expect(dueOf({ ...row, due_at: '2026-03-02T01:00:00Z' }, now)?.isStage).toBe(false)
    expect(dueOf({ ...row, light: 'green', stage_due_at: null }, now)?.phrase).toEqual({ key: 'due.inDays', n: 2 })
  })

  it('is nothing while no clock runs', () => {
    expect(dueOf({ ...row, light: 'none' }, now)).toBeUndefined()
    expect(dueOf({ light: 'green', due_at: null, stage_due_at: null }, now)).toBeUndefined()
  })
})

describe('what is chosen', () => {
  const line = (id: string, version = 1) => ({ id, version }) as CaseRow

  it('is renewed with the list, loses what left it, and keeps what was never shown', () => {
    const chosen = new Map(['here', 'left', 'beyond'].map((id) => [id, line(id)]))
    const kept = keepChosen(chosen, [line('here', 2)], [line('here'), line('left')])
    expect([...kept].map(([id, row]) => [id, row.version])).toEqual([
      ['here', 2],
      ['beyond', 1],
    ])
  })
})

describe('steps on many cases', () => {
  const rows = Array.from({ length: 120 }, (_, n) => ({ id: `c${n}` }) as CaseRow)
  const act = (row: CaseRow) => ({ act: { id: row.id, case_id: row.id, kind: 'urge' as const, text: '请尽快' } })
  const answer = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

  it('have each a key of their own that the list does not use otherwise', () => {
    const keys = BATCHES.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(['j', 'k', 'x', 'X', 'v', 'r', '/', '?'].filter((key) => (keys as string[]).includes(key))).toEqual([])
    expect(batchOf('dispatch').undo).toBe('recall')
  })

  it('go in parts to where their kind is taken, and stop at a break with what was told so far', async () => {
    const asked: string[] = []
    const told: number[] = []
    vi.stubGlobal('fetch', async (request: Request) => {
      asked.push(new URL(request.url).pathname)
      if (asked.length === 3) throw new TypeError('offline')
      const sent = (await request.json()) as { id: string }[]
      return answer(sent.map(({ id }) => ({ command_id: id, outcome: 'applied', status: 200 })))
    })
    const error = await sendBatch(rows, act, (part) => told.push(part.length))
    vi.unstubAllGlobals()
    expect(asked).toEqual(Array(3).fill('/api/oversight/acts'))
    expect(told).toEqual([50, 50])
    expect(error?.status).toBe(0)
  })
})

describe('the department of a hand-over', () => {
  it('is the one that has the case if it may enforce, else the first that may', () => {
    const able = [{ id: 4 }, { id: 7 }]
    expect([withPower(able, 7), withPower(able, 9), withPower(able, null), withPower([], 7)]).toEqual([7, 4, 4, null])
  })
})
