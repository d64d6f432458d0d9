import type { AdmissionOut, CatalogueOut, CatalogueRow } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { isDone, movesOf, stepsOf, whichTake } from '../src/features/matters/admissions'
import { narrow, splitWords, wordsOf } from '../src/features/matters/words'

const row = (id: string, moves: AdmissionOut['moves'], version = 1): AdmissionOut =>
  ({ id, moves, version }) as unknown as AdmissionOut
const matter = (code: string, said: Partial<CatalogueRow> = {}): CatalogueRow =>
  ({ code, group_code: code.slice(0, 2), name_zh: '', name_en: '', basis: '', words_zh: [], ...said }) as CatalogueRow

describe('a review of many proposals', () => {
  const rows = [row('a', ['admit', 'return'], 2), row('b', ['submit']), row('c', ['admit', 'return'], 3), row('d', [])]

  it('offers what somebody of the chosen may take, with how many, in the order of the way', () => {
    expect(movesOf(rows)).toEqual([
      { move: 'submit', count: 1 },
      { move: 'admit', count: 2 },
      { move: 'return', count: 2 },
    ])
    expect(whichTake(rows, 'admit').map((one) => one.id)).toEqual(['a', 'c'])
  })

  it('makes a command a row: with the version that was seen, and a day only where one is asked', () => {
    const [first, second] = stepsOf(whichTake(rows, 'admit'), 'admit', ' 同意 ', '2026-12-01')
    expect(first).toMatchObject({ admission_id: 'a', base_version: 2, note: '同意', on: '2026-12-01' })
    expect(second).toMatchObject({ admission_id: 'c', base_version: 3 })
    expect(first?.id).not.toBe(second?.id)
    expect(stepsOf(rows.slice(0, 1), 'return', '依据不清', '2026-12-01')[0]?.on).toBeNull()
  })

  it('counts what was done before as done', () => {
    const fate = (status: number) => ({ row: row('a', []), fate: { status } }) as never
    expect([200, 208, 409, 422].map((status) => isDone(fate(status)))).toEqual([true, true, false, false])
  })
})

describe('the catalogue', () => {
  const rows = [
    matter('H101', { name_zh: '疏散通道堆物占用', words_zh: ['堵通道'], lane: 'safety', origin: 'pack' }),
    matter('H3C01', { name_zh: '灭火毯缺失', name_en: 'Fire blanket missing', lane: 'law', origin: 'city' }),
  ]
  const found = (by: Partial<Parameters<typeof narrow>[1]>): string[] =>
    narrow(rows, { q: '', group: '', lane: '', origin: '', ...by }).map((one) => one.code)

  it('is found by code, name, what people call it, and what is chosen', () => {
    expect(found({})).toEqual(['H101', 'H3C01'])
    expect(found({ q: '堵通道' })).toEqual(['H101'])
    expect(found({ q: ' BLANKET ' })).toEqual(['H3C01'])
    expect(found({ origin: 'city', lane: 'law' })).toEqual(['H3C01'])
    expect(found({ group: 'H1', origin: 'city' })).toEqual([])
  })

  it('says the word of a code by its kind, and an unknown code as it is', () => {
    const terms = [
      { kind: 'lane', code: 'law', name_zh: '综合执法', name_en: 'Enforcement' },
      { kind: 'field', code: 'law', name_zh: '法', name_en: 'Law' },
    ]
    const words = wordsOf({ terms } as CatalogueOut, (_, en) => en)
    expect([words('lane', 'law'), words('field', 'law'), words('lane', 'x')]).toEqual(['Enforcement', 'Law', 'x'])
  })

  it('reads words with commas of either language between', () => {
    expect(splitWords('灭火毯，防火毯, 毯 、灭火器具')).toEqual(['灭火毯', '防火毯', '灭火器具'])
  })
})
