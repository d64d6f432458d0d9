import { describe, expect, it } from 'vitest'
import { judgePhoto, judgeReplies, newId, sha256Of, turnMs, waitMs } from '../src'
import { makeFate } from './city'

const ID = '0199f1c0-0000-7000-8000-000000000001'
const OTHER = '0199f1c0-0000-7000-8000-000000000002'

describe('what an answer means', () => {
  it.each([
    ['applied', 200, 'done'],
    ['repeated', 208, 'done'],
    ['refused', 404, 'ask'],
    ['refused', 403, 'ask'],
    ['conflict', 409, 'ask'],
    ['unreadable', 422, 'ask'],
  ])('a fate "%s" with %i is "%s"', (outcome, status, verdict) => {
    const fate = makeFate(ID, outcome, status, 'cases.step_not_allowed')
    const other = makeFate(OTHER, 'applied', 200)
    const judged = judgeReplies({ status: 200, body: [other, fate] }, [OTHER, ID])
    expect(judged.map((one) => one.verdict)).toEqual(['done', verdict])
  })

  it('401 pauses whatever the body says', () => {
    const reply = { status: 401, body: { code: 'accounts.log_in_first', zh: '', en: '' } }
    expect(judgeReplies(reply, [ID, OTHER]).map((one) => one.verdict)).toEqual(['pause', 'pause'])
  })

  it.each([
    [200, '<html>hotel wifi</html>'],
    [200, makeFate(ID, 'applied', 200)],
    [200, []],
    [200, [makeFate('another id', 'applied', 200)]],
    [200, [makeFate(ID, 'applied', 200), makeFate(OTHER, 'applied', 200)]],
    [403, { detail: 'CSRF check Failed' }],
    [404, '<html>no such host</html>'],
    [408, null],
    [429, { code: 'kernel.too_many', zh: '', en: '' }],
    [500, null],
    [503, { code: 'kernel.busy', zh: '', en: '' }],
  ])('%i without a word of the house is tried again', (status, body) => {
    expect(judgeReplies({ status, body }, [ID])[0]?.verdict).toBe('retry')
  })

  it('a photo is there only when the server names its digest', () => {
    expect(judgePhoto({ status: 200, body: { sha256: 'ab' } }, 'ab').verdict).toBe('done')
    expect(judgePhoto({ status: 200, body: { sha256: 'cd' } }, 'ab').verdict).toBe('retry')
    expect(judgePhoto({ status: 422, body: { code: 'kernel.unreadable', zh: '', en: '' } }, 'ab').verdict).toBe('ask')
  })
})

describe('waiting', () => {
  it('doubles from two seconds to five minutes, half of it by chance', () => {
    expect([1, 2, 3, 20].map((attempts) => waitMs(attempts, 1))).toEqual([2_000, 4_000, 8_000, 300_000])
    expect(waitMs(1, 0)).toBe(1_000)
  })

  it('keeps a turn that the server told, within its second', () => {
    expect([0, 0.5].map((random) => turnMs(60, random))).toEqual([60_000, 60_500])
  })
})

describe('identifiers', () => {
  it('carry their moment and version 7', () => {
    const at = Date.UTC(2026, 4, 1, 8)
    const id = newId(at)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(at)
    expect(newId(at + 1) > id).toBe(true)
  })

  it('of bytes are their sha256', async () => {
    const bytes = new TextEncoder().encode('abc').buffer
    expect(await sha256Of(bytes)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
