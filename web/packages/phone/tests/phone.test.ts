import { getMe, setActingPost } from '@wangge/api'
import type { Command } from '@wangge/outbox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { cutTo, fit } from '../src/photo'
import { distanceM, distanceText, positionAt } from '../src/position'
import { makeTransport } from '../src/transport'

describe('a photo', () => {
  it('is made to fit 1600 pixels and never larger', () => {
    expect(fit(4000, 3000)).toEqual([1600, 1200])
    expect(fit(3000, 4000)).toEqual([1200, 1600])
    expect(fit(640, 480)).toEqual([640, 480])
  })

  it('has a watermark that stays in the picture', () => {
    const measure = (text: string): number => text.length * 10
    expect(cutTo('short', 100, measure)).toBe('short')
    expect(cutTo('a rather long address', 100, measure)).toBe('a rather …')
  })
})

describe('a position', () => {
  const door = { lon: 83.5, lat: 39.2 }
  const now = 1_000_000

  it('knows how far a door is', () => {
    expect(distanceM(door, { lon: 83.5, lat: 39.201 })).toBeCloseTo(111.2, 0)
    expect([distanceText(2), distanceText(112), distanceText(1240), distanceText(23_400)]).toEqual([
      '5 m',
      '110 m',
      '1.2 km',
      '23 km',
    ])
  })

  it('goes with a visit only when it is sharp, fresh and at the place', () => {
    const here = { ...door, accuracy_m: 10, at: now }
    expect(positionAt(door, here, now)).toEqual(door)
    expect(positionAt(door, undefined, now)).toBeUndefined()
    expect(positionAt(door, { ...here, accuracy_m: 800 }, now)).toBeUndefined()
    expect(positionAt(door, { ...here, at: now - 600_000 }, now)).toBeUndefined()
    expect(positionAt(door, { ...here, lon: 83.6 }, now)).toBeUndefined()
  })
})

describe('the way to the server', () => {
  afterEach(() => vi.unstubAllGlobals())

  const onStranger = vi.fn()
  const transport = makeTransport(7, onStranger)
  const { signal } = new AbortController()

  const command: Command = {
    id: 'c1',
    kind: 'cases.step',
    at: '2026-05-01T08:00:00Z',
    base_version: 3,
    payload: { case_id: 'k1', action: 'sign' },
  }

  function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
    const seen: Request[] = []
    const reply = new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
    vi.stubGlobal('fetch', async (request: Request) => {
      seen.push(request)
      return reply
    })
    return seen
  }

  it('says what a command says, with its id, moment and version', async () => {
    const seen = answer(409, { code: 'kernel.version_conflict' }, { 'Retry-After': '7' })
    const reply = await transport.sendCommands([command], signal)
    expect(reply).toEqual({ status: 409, body: { code: 'kernel.version_conflict' }, retry_after_s: 7 })
    expect(seen[0]?.url).toContain('/api/field/inbox')
    expect(await seen[0]?.json()).toEqual({ commands: [command] })
  })

  it('names the post in which it was made, however the person acts by now', async () => {
    setActingPost(5)
    const seen = answer(200, [])
    await transport.sendCommands([{ ...command, post: 3 }, command], signal)
    expect(seen[0]?.headers.get('Wangge-Post')).toBeNull()
    const { commands } = (await seen[0]?.json()) as { commands: Command[] }
    expect(commands.map(({ post }) => post)).toEqual([3, undefined])
    setActingPost(null)
  })

  it('asks who is there without naming a post: the one of the page may be over', async () => {
    setActingPost(5)
    const seen = answer(200, { id: 7 })
    await getMe()
    expect(seen[0]?.headers.get('Wangge-Post')).toBeNull()
    setActingPost(null)
  })

  it('says by which phone it comes: one that was revoked has no session', async () => {
    const seen = answer(200, [])
    const ours = makeTransport(7, onStranger, async () => ({ 'Wangge-Device': 'd1:secret' }))
    await ours.sendCommands([command], signal)
    expect(seen[0]?.headers.get('Wangge-Device')).toBe('d1:secret')
  })

  it('fetches the token anew when the same person has logged in again elsewhere', async () => {
    const seen: [string, string | null][] = []
    vi.stubGlobal('fetch', async ({ url, headers }: Request) => {
      seen.push([url.slice(url.indexOf('/api')), headers.get('X-CSRFToken')])
      if (url.includes('/me')) return Response.json({ id: 7, csrf_token: 'fresh' })
      if (headers.get('X-CSRFToken') !== 'fresh') return Response.json({ detail: 'CSRF check Failed' }, { status: 403 })
      return Response.json({ command_id: 'c1', outcome: 'applied', status: 200 })
    })
    expect((await transport.sendCommands([command], signal)).status).toBe(200)
    expect(seen.map(([path]) => path)).toEqual(['/api/field/inbox', '/api/accounts/me', '/api/field/inbox'])
    expect(seen.at(-1)?.[1]).toBe('fresh')
    expect(onStranger).not.toHaveBeenCalled()
  })

  it("never sends one person's work with the session of another", async () => {
    const seen: string[] = []
    vi.stubGlobal('fetch', async ({ url }: Request) => {
      seen.push(url.slice(url.indexOf('/api')))
      if (url.includes('/me')) return Response.json({ id: 8, csrf_token: 'theirs' })
      return Response.json({ detail: 'CSRF check Failed' }, { status: 403 })
    })
    expect((await transport.sendCommands([command], signal)).status).toBe(401)
    expect(seen).toEqual(['/api/field/inbox', '/api/accounts/me'])
    expect(onStranger).toHaveBeenCalledWith(expect.objectContaining({ id: 8 }))
  })

  it('takes a 403 of the house as it is', async () => {
    const seen = answer(403, { code: 'kernel.not_your_role' })
    expect((await transport.sendCommands([command], signal)).status).toBe(403)
    expect(seen).toHaveLength(1)
  })

  it('rejects when no answer comes, so that the command stays', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(transport.sendCommands([command], signal)).rejects.toThrow()
  })
})
