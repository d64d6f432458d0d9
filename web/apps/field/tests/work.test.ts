import type { Receipt } from '@wangge/outbox'
import { describe, expect, it } from 'vitest'
import { missingOf, weekOf, workOf } from '../src/features/accounts/work'

// A Wednesday, ten o'clock in China.
const NOW = Date.parse('2026-11-25T02:00:00Z')

const receipt = (kind: string, at: string, outcome = 'applied', payload: Record<string, unknown> = {}): Receipt => ({
  command_id: `${kind} ${at}`,
  command: { id: 'c', kind, at, base_version: 1, payload },
  label: '',
  outcome,
  result: {},
  received_at: NOW,
})

describe('my work', () => {
  it('is of the week from Monday to Sunday in China', () => {
    expect(weekOf(NOW)).toEqual({ first: '2026-11-23', last: '2026-11-29' })
    expect(weekOf(Date.parse('2026-11-29T15:59:00Z'))).toEqual({ first: '2026-11-23', last: '2026-11-29' })
    expect(weekOf(Date.parse('2026-11-29T16:00:00Z'))).toEqual({ first: '2026-11-30', last: '2026-12-06' })
  })

  it('counts what the house has taken, by when it was done', () => {
    const answers = [{ ok: true }, { ok: false }, { ok: null }]
    const told = [
      receipt('orders.complete', '2026-11-23T01:00:00Z', 'applied', { answers }),
      receipt('orders.complete', '2026-11-24T01:00:00Z', 'repeated', { answers: [{ ok: false }] }),
      receipt('orders.complete', '2026-11-22T15:59:00Z', 'applied', { answers }),
      receipt('orders.complete', '2026-11-24T02:00:00Z', 'discarded', { answers }),
      receipt('cases.report', '2026-11-25T01:00:00Z'),
      receipt('venues.correct', '2026-11-25T01:00:00Z', 'refused'),
    ]
    expect(workOf(told, NOW)).toEqual({ visits: 2, findings: 2, reports: 1, steps: 0, corrections: 0 })
  })

  it('says what is still owed by Sunday', () => {
    const owed = [
      { due_on: '2026-11-29', status: 'open', is_overdue: false },
      { due_on: '2026-11-30', status: 'open', is_overdue: false },
      { due_on: '2026-11-20', status: 'open', is_overdue: true },
      { due_on: '2026-11-26', status: 'done', is_overdue: false },
    ]
    expect(missingOf(owed, NOW)).toEqual({ due: 1, late: 1 })
  })
})
