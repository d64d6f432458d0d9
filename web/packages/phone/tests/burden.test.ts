import 'fake-indexeddb/auto'
import { Store } from '@wangge/outbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { countPhoto, readBurden, startCounting, stopBurden, untold } from '../src/burden'

// Ten o'clock in the evening in China: two hours later it is another day.
const EVENING = Date.parse('2026-11-26T14:00:00Z')
let store: Store
let now = EVENING

beforeEach(() => {
  now = EVENING
  store = new Store(`burden-${Math.random()}`)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  stopBurden()
  vi.useRealTimers()
  store.close()
})

const pass = (seconds: number): void => {
  for (let done = 0; done < seconds; done += 15) {
    now += 15_000
    vi.advanceTimersByTime(15_000)
  }
}

describe('what the app asks of a person', () => {
  it('counts minutes only while the phone is touched, fields when they change, and photos', async () => {
    startCounting(store, () => now)
    pass(45)
    window.dispatchEvent(new Event('pointerdown'))
    pass(300) // laid aside: the last minute after a touch may still count, no more
    const input = document.body.appendChild(document.createElement('input'))
    input.dispatchEvent(new Event('change', { bubbles: true }))
    await countPhoto(store, now)
    const burden = await readBurden(store, now)
    expect(burden.on).toBe('2026-11-26')
    expect(burden.active_s).toBeGreaterThanOrEqual(45)
    expect(burden.active_s).toBeLessThanOrEqual(45 + 60)
    expect([burden.fields, burden.photos]).toEqual([1, 1])
  })

  it('is told once until it changes, and begins anew with the day in China', async () => {
    startCounting(store, () => now)
    pass(30)
    const told = await untold(store, now)
    expect(told).toMatchObject({ on: '2026-11-26', active_s: 30 })
    expect(told?.phone_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await untold(store, now)).toBeUndefined()
    now += 3 * 3_600_000
    expect(await readBurden(store, now)).toEqual({ on: '2026-11-27', active_s: 0, fields: 0, photos: 0 })
  })
})
