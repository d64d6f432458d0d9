import type { DraftIn, DuplicateOut, SuggestionOut } from '@wangge/api'
import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { saysEnough, toDecision, useSuggestions } from '../src/features/cases/useSuggestions'

const asked = vi.hoisted(() => ({ answers: [] as ((told: unknown) => void)[], failing: false }))
vi.mock('@wangge/api', async (original) => ({
  ...(await original<object>()),
  suggestForDraft: () => new Promise((answer) => asked.answers.push(answer)),
  listDuplicatesOfDraft: () => Promise.resolve([{ id: 'twin' }]),
  call: (answer: Promise<unknown>) => (asked.failing ? Promise.reject(new Error('away')) : answer),
}))

const matter = (code: string, confidence: number) => ({
  code,
  name_zh: code,
  name_en: code,
  confidence,
  reasons: [],
})
const suggestion = (...codes: string[]): SuggestionOut =>
  ({
    matters: codes.map((code, place) => matter(code, 0.8 - place / 10)),
    severity: { severity: 'larger', reason: { kind: 'rule', zh: '', en: '' } },
    department: { id: 7, name: '消防', confidence: null, reason: { kind: 'rule', zh: '', en: '' } },
    version: 3,
    is_measured: true,
  }) as unknown as SuggestionOut

describe('a draft says enough to suggest from', () => {
  it.each<[DraftIn, boolean]>([
    [{ text: '' }, false],
    [{ text: ' 堵 ' }, false],
    [{ text: '堵了' }, true],
    [{ text: '', lon: 118.3, lat: 31.3 }, true],
    [{ text: '', venue_id: '0195f001-0000-7000-8000-000000000001' }, true],
  ])('%o: %s', (draft, enough) => {
    expect(saysEnough(draft)).toBe(enough)
  })
})

describe('what is told of a decision', () => {
  const now = new Date('2026-02-02T10:00:00+08:00')

  it('holds what was suggested, the likeliest first, and nothing that was chosen', () => {
    const told = toDecision('c1', 'desk', suggestion('H701', 'H302'), [{ id: 'd1' } as DuplicateOut], now)
    expect(told).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      case_id: 'c1',
      at: '2026-02-02T02:00:00.000Z',
      stage: 'desk',
      version: 3,
      matters: ['H701', 'H302'],
      confidence: 0.8,
      severity: 'larger',
      department_id: 7,
      duplicates: ['d1'],
    })
  })

  it('is empty where nothing was suggested', () => {
    const { version, matters, confidence, severity, department_id, duplicates } = toDecision(
      'c',
      'report',
      undefined,
      [],
    )
    expect([version, matters, confidence, severity, department_id, duplicates]).toEqual([
      null,
      [],
      null,
      null,
      null,
      [],
    ])
  })
})

describe('suggestions for a report that is being written', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    asked.answers.length = 0
    asked.failing = false
  })
  afterEach(() => vi.useRealTimers())

  function begin() {
    const draft = ref<DraftIn>({ text: '' })
    const found = effectScope().run(() => useSuggestions(() => draft.value))
    if (!found) throw new Error('no scope')
    const write = async (text: string, wait = 400): Promise<void> => {
      draft.value = { text }
      await nextTick()
      await vi.advanceTimersByTimeAsync(wait)
    }
    return { ...found, write }
  }

  it('are asked for when the writer pauses, not at each stroke', async () => {
    const { write } = begin()
    await write('楼道', 100)
    await write('楼道堆', 100)
    expect(asked.answers).toHaveLength(0)
    await write('楼道堆物')
    expect(asked.answers).toHaveLength(1)
  })

  it('drop an answer to an older draft', async () => {
    const { write, suggestion: shown } = begin()
    await write('楼道堆物')
    await write('电动车充电')
    asked.answers[1]?.(suggestion('H701'))
    await vi.advanceTimersByTimeAsync(0)
    asked.answers[0]?.(suggestion('H101'))
    await vi.advanceTimersByTimeAsync(0)
    expect(shown.value?.matters[0]?.code).toBe('H701')
  })

  it('stay when the next answer fails, and go when the text goes', async () => {
    const { write, suggestion: shown, hasFailed, duplicates } = begin()
    await write('楼道堆物')
    asked.answers[0]?.(suggestion('H101'))
    await vi.advanceTimersByTimeAsync(0)
    expect(duplicates.value).toEqual([{ id: 'twin' }])
    asked.failing = true
    await write('楼道堆物很多')
    expect(hasFailed.value).toBe(true)
    expect(shown.value?.matters[0]?.code).toBe('H101')
    await write('')
    expect(shown.value).toBeUndefined()
    expect(duplicates.value).toEqual([])
  })
})
