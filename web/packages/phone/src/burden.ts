/** What the app asks of a person on a day: minutes, fields, photos. Counted here, told to the house; no content is. */

import type { Store } from '@wangge/outbox'
import { deviceOf } from './device'

export interface Burden {
  on: string
  active_s: number
  fields: number
  photos: number
}

const KEY = 'burden'
const TOLD = 'burden:told'
const EVERY_MS = 15_000
/** Who has not touched the phone for so long is not at it. */
const IDLE_MS = 60_000
const ON_PAPER = 'input, textarea, select'

const dayOf = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)

let counted: Burden | undefined
let touchedAt = 0
let stopCounting: (() => void) | undefined

let turn: Promise<unknown> = Promise.resolve()

/** What was counted of the day so far. */
export async function readBurden(store: Store, now: number): Promise<Burden> {
  await turn
  return { ...(await dayIn(store, now)) }
}

async function dayIn(store: Store, now: number): Promise<Burden> {
  const on = dayOf(now)
  if (counted?.on === on) return counted
  const kept = (await store.facts.get(KEY))?.value as Burden | undefined
  counted = kept?.on === on ? kept : { on, active_s: 0, fields: 0, photos: 0 }
  return counted
}

/** One after the other, so that nothing that was counted is lost. A failure to count holds nobody up. */
async function add(store: Store, now: number, part: Partial<Omit<Burden, 'on'>>): Promise<void> {
  const counting = turn.then(async () => {
    const burden = await dayIn(store, now)
    burden.active_s += part.active_s ?? 0
    burden.fields += part.fields ?? 0
    burden.photos += part.photos ?? 0
    await store.facts.put({ key: KEY, value: { ...burden } })
  })
  turn = counting.catch(console.warn)
  await turn
}

export const countPhoto = (store: Store, now: number): Promise<void> => add(store, now, { photos: 1 })

/** Count from now on, for as long as the person is logged in. */
export function startCounting(store: Store, now: () => number): void {
  stopCounting?.()
  counted = undefined
  const touch = (): void => void (touchedAt = now())
  const typed = (event: Event): void => {
    if (event.target instanceof Element && event.target.matches(ON_PAPER)) void add(store, now(), { fields: 1 })
  }
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && now() - touchedAt < IDLE_MS)
      void add(store, now(), { active_s: EVERY_MS / 1_000 })
  }, EVERY_MS)
  const kinds = ['pointerdown', 'keydown', 'scroll'] as const
  for (const kind of kinds) addEventListener(kind, touch, { passive: true })
  addEventListener('change', typed)
  touch()
  stopCounting = () => {
    clearInterval(timer)
    for (const kind of kinds) removeEventListener(kind, touch)
    removeEventListener('change', typed)
  }
}

export const stopBurden = (): void => stopCounting?.()

/** What the house has not heard of yet: the day so far, as one command. */
export async function untold(store: Store, now: number): Promise<(Burden & { phone_id: string }) | undefined> {
  const burden = await readBurden(store, now)
  const told = (await store.facts.get(TOLD))?.value
  const said = JSON.stringify(burden)
  if (said === told || burden.active_s === 0) return undefined
  await store.facts.put({ key: TOLD, value: said })
  return { ...burden, phone_id: (await deviceOf(store)).id }
}
