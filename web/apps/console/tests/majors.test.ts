import type { ElementSetOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { bodyOf, emptyForm, wantsOf } from '../src/features/cases/documents/issuing'
import { queryOf } from '../src/features/documents/question'
import { elementsFor, missingSeats } from '../src/features/cases/major-hazards/shape'

const element = (code: string, is_direct: boolean, place_kinds: ('crowded' | 'flammables')[] = []) => ({
  code,
  is_direct,
  zh: code,
  en: code,
  place_kinds,
})

describe('elements to tick', () => {
  it('are those for the kind of place, and what decides alone comes first', () => {
    const edition = {
      elements: [element('7.1', false, ['flammables']), element('7.3', false), element('6.5', true, ['crowded'])],
    } as unknown as ElementSetOut
    expect(elementsFor(edition, 'crowded').map((one) => one.code)).toEqual(['6.5', '7.3'])
    expect(elementsFor(edition, 'flammables').map((one) => one.code)).toEqual(['7.1', '7.3'])
  })
})

describe('seats of a decision', () => {
  it('say how many are missing; experts only where it is complex', () => {
    const seats = [{ panel: 'member' as const }, { panel: 'member' as const }, { panel: 'expert' as const }]
    expect(missingSeats(seats, { members: 3, experts: 7 }, false)).toEqual({ members: 1, experts: 0 })
    expect(missingSeats(seats, { members: 2, experts: 7 }, true)).toEqual({ members: 0, experts: 6 })
  })
})

describe('a document to issue', () => {
  it('carries only the fields that its kind prints', () => {
    const form = { ...emptyForm(), demand: ' 立即整改 ', conclusion: '同意', deadline: '2026-12-01' }
    const notice = bodyOf('1', 'rectification_notice', form, '签收人')
    expect([notice.demand, notice.conclusion, notice.deadline_on]).toEqual(['立即整改', '', '2026-12-01'])
    const recheck = bodyOf('1', 'recheck_record', form, '签收人')
    expect([recheck.demand, recheck.conclusion, recheck.deadline_on]).toEqual(['', '同意', null])
    expect(wantsOf('inspection_record')).toEqual({ demand: true, conclusion: false, deadline: false })
  })

  it('is signed when there is a name or a picture', () => {
    expect(bodyOf('1', 'handover_form', emptyForm(), '签收人').signatures).toEqual([])
    const signed = { ...emptyForm(), signature: ['ab'] }
    expect(bodyOf('1', 'handover_form', signed, '签收人').signatures).toEqual([
      { role: '签收人', name: '', sha256: 'ab' },
    ])
  })
})

describe('a question to the register', () => {
  it('asks only what was filled in', () => {
    const empty = { q: ' ', kind: '', state: '', organisation: '', from: '', to: '' } as const
    expect(queryOf(empty)).toEqual({})
    expect(queryOf({ ...empty, q: '0001', state: 'valid', to: '2026-11-26' })).toEqual({
      q: '0001',
      is_void: false,
      issued_to: '2026-11-26',
    })
  })
})
