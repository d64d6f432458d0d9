import { describe, expect, it } from 'vitest'
import { awaitedOf } from '../src/features/cases/awaited'

type Facts = Parameters<typeof awaitedOf>[0]
const helper = (department_name: string, state: 'waiting' | 'countersigned') =>
  ({ department_id: 1, department_name, state, person_name: null, at: '' }) as Facts['co_handlers'][number]
const facts = (more: Partial<Facts>): Facts => ({
  status: 'handling',
  department_name: '消防',
  handler_name: '韩',
  co_handlers: [],
  request: null,
  ...more,
})

describe('for whom a case waits', () => {
  it.each([
    ['reported', 'desk'],
    ['accepted', 'desk'],
    ['dispatched', 'sign'],
    ['handling', 'feed_back'],
    ['transferred', 'enforce'],
    ['suspended', 'resume'],
    ['verifying', 'verify'],
  ] as const)('%s: %s', (status, key) => {
    expect(awaitedOf(facts({ status })).map((one) => one.key)).toEqual([key])
  })

  it.each(['closed', 'rejected', 'merged'] as const)('%s: nobody', (status) => {
    expect(awaitedOf(facts({ status, co_handlers: [helper('派出所', 'waiting')] }))).toEqual([])
  })

  it('the lead feeds back only when all have countersigned', () => {
    const two = [helper('派出所', 'waiting'), helper('城管', 'countersigned')]
    expect(awaitedOf(facts({ co_handlers: two }))).toEqual([{ key: 'countersign', name: '派出所' }])
    const none = [helper('派出所', 'countersigned'), helper('城管', 'countersigned')]
    expect(awaitedOf(facts({ co_handlers: none }))).toEqual([{ key: 'feed_back', name: '消防 韩' }])
  })

  it('enforcement is named by its department: the handler may be of another one', () => {
    expect(awaitedOf(facts({ status: 'transferred' }))).toEqual([{ key: 'enforce', name: '消防' }])
  })

  it('a request waits for the desk beside the work', () => {
    const request = { asked: 'extension', days: 3 } as Facts['request']
    expect(awaitedOf(facts({ request })).map((one) => one.key)).toEqual(['request', 'feed_back'])
  })
})
