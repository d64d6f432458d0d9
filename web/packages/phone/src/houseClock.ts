/** The moment as the server's clock says it: a phone may be wrong by a day. */

import { getMe } from '@wangge/api'
import { correctClock, type Store } from '@wangge/outbox'
import { ref } from 'vue'

/** As far as the server lets a clock be ahead (OR-7). */
const MAY_BE_OFF_MS = 5 * 60_000
const ASK_AGAIN_MS = 10 * 60_000

/** By how much this phone's clock is ahead; 0 where it is right enough. */
export const clockOffMs = ref(0)
let askedAt: number | undefined

export const setClock = (offMs: number): void => void (clockOffMs.value = offMs)

/** The moment now, put right. */
export const houseNow = (): number => Date.now() - clockOffMs.value

/** By how much `phoneMs` is ahead of what the server says; 0 within five minutes, so that nobody chases seconds. */
export function offOf(serverSaid: string | null, phoneMs: number): number | undefined {
  const server = serverSaid === null ? Number.NaN : Date.parse(serverSaid)
  if (Number.isNaN(server)) return undefined
  return Math.abs(phoneMs - server) > MAY_BE_OFF_MS ? phoneMs - server : 0
}

/** Take what the server says the time is; commands that were never sent are put right. */
export async function takeClock(store: Store, serverSaid: string | null): Promise<void> {
  const off = offOf(serverSaid, Date.now())
  if (off === undefined) return
  askedAt = performance.now()
  const isSame = Math.abs(off - clockOffMs.value) < MAY_BE_OFF_MS && (off === 0) === (clockOffMs.value === 0)
  if (isSame) return
  await correctClock(store, off)
  setClock(off)
}

/** Ask the server for the time, unless it was asked a moment ago. Without an answer the clock stays as it is. */
export async function askClock(store: Store): Promise<void> {
  if (askedAt !== undefined && performance.now() - askedAt < ASK_AGAIN_MS) return
  const { response } = (await getMe().catch(() => undefined)) ?? {}
  await takeClock(store, response?.headers.get('Date') ?? null)
}
