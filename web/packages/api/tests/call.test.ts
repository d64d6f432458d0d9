import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, call, getMe, listCases, logIn, logOut, setCsrfToken, whenSignedOut } from '../src'
import { client } from '../src/generated/client.gen'

const seen: Request[] = []

function serve(status: number, body: unknown): void {
  client.setConfig({
    baseUrl: 'http://here.test',
    fetch: (input) => {
      seen.push(input as Request)
      const answer = new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { 'Content-Type': 'application/json' },
      })
      Object.defineProperty(answer, 'url', { value: (input as Request).url })
      return Promise.resolve(answer)
    },
  })
}
const REFUSAL = { code: 'accounts.wrong_credentials', zh: '不正确。', en: 'Not right.', facts: { n: '3' } }
const failure = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (cause: unknown) => cause as ApiError,
  )

afterEach(() => {
  seen.length = 0
  setCsrfToken('')
  whenSignedOut(() => undefined)
})

describe('call', () => {
  it('turns a refusal into an error with both sentences', async () => {
    serve(401, REFUSAL)
    const error = await failure(call(logIn({ body: { username: 'a', password: 'b' } })))
    expect(error).toBeInstanceOf(ApiError)
    expect([error.kind, error.code, error.text('zh-CN'), error.text('en')]).toEqual([
      'login',
      'accounts.wrong_credentials',
      '不正确。',
      'Not right.',
    ])
  })

  it.each([
    [403, 'role'],
    [404, 'missing'],
    [409, 'state'],
    [422, 'shape'],
    [429, 'wait'],
  ])('tells a %i apart as "%s"', async (status, kind) => {
    serve(status, REFUSAL)
    expect((await failure(call(getMe()))).kind).toBe(kind)
  })

  it('has a sentence for a server that answers with something else', async () => {
    serve(502, 'bad gateway')
    const error = await failure(call(getMe()))
    expect([error.kind, error.code]).toEqual(['server', 'web.server_failed'])
  })

  it('says when the server cannot be reached', async () => {
    client.setConfig({ baseUrl: 'http://here.test', fetch: () => Promise.reject(new TypeError('failed to fetch')) })
    expect((await failure(call(getMe()))).kind).toBe('offline')
  })

  it('tells the face when a session has ended, but not at log-in', async () => {
    const ended = vi.fn()
    whenSignedOut(ended)
    serve(401, REFUSAL)
    await failure(call(logIn({ body: { username: 'a', password: 'b' } })))
    expect(ended).not.toHaveBeenCalled()
    await failure(call(getMe()))
    expect(ended).toHaveBeenCalledOnce()
  })

  it('sends the CSRF token with writes only', async () => {
    setCsrfToken('token')
    serve(200, {})
    await call(getMe())
    serve(204, undefined)
    await call(logOut())
    expect(seen.map((request) => request.headers.get('X-CSRFToken'))).toEqual([null, 'token'])
  })

  it('repeats a list in the address, as the server reads it', async () => {
    serve(200, { items: [] })
    await call(listCases({ query: { status: ['reported', 'accepted'], limit: 5 } }))
    expect(new URL(seen[0]?.url ?? '').search).toBe('?status=reported&status=accepted&limit=5')
  })
})
