/** The slice of the day that the server told, and what the phone remembers of itself. */

import type { Store } from './store'
import type { Entry } from './types'

/** A thing of the slice, by the key under which the pages look for it. */
export interface Sliced {
  key: string
  value: unknown
}

export interface SliceAnswer {
  cursor: string
  is_whole: boolean
  changed: readonly Sliced[]
  removed: readonly string[]
}

export interface Device {
  id: string
  key: string
}

/** So many rows are written between two breaths: a cheap phone answers fingers meanwhile. */
const AT_ONCE = 50
const DEVICE = 'device'
const CURSOR = 'cursor'
const CLOCK = 'clock'

interface Told {
  cursor: string
  at: number
}

/** Put what the server told into the phone, all or nothing: with the cursor that tells what is there. */
export async function applySlice(store: Store, answer: SliceAnswer, now: number = Date.now()): Promise<void> {
  await store.transaction('rw', store.slice, store.facts, async () => {
    if (answer.is_whole) await store.slice.clear()
    else await store.slice.bulkDelete([...answer.removed])
    for (let start = 0; start < answer.changed.length; start += AT_ONCE)
      await store.slice.bulkPut(answer.changed.slice(start, start + AT_ONCE))
    const told: Told = { cursor: answer.cursor, at: now }
    await store.facts.put({ key: CURSOR, value: told })
  })
}

export async function readCursor(store: Store): Promise<Told | undefined> {
  return (await store.facts.get(CURSOR))?.value as Told | undefined
}

/** The name and key of this phone in the hands of this person: made once. */
export async function readDevice(store: Store, make: () => Device): Promise<Device> {
  return store.transaction('rw', store.facts, async () => {
    const known = (await store.facts.get(DEVICE))?.value as Device | undefined
    if (known) return known
    const device = make()
    await store.facts.put({ key: DEVICE, value: device })
    return device
  })
}

/** The next sync introduces the phone anew and takes the whole slice. */
export async function forgetDevice(store: Store): Promise<void> {
  await store.facts.bulkDelete([DEVICE, CURSOR])
}

/** By how many milliseconds this phone's clock was ahead of the server's when they last spoke. */
export async function readClock(store: Store): Promise<number> {
  const off = (await store.facts.get(CLOCK))?.value
  return typeof off === 'number' ? off : 0
}

/**
 * The clock was wrong by `offMs` (ahead is more than 0): remember it, and put right the moments of the commands that
 * were never sent. One that was on its way stays as it was: the server may have it.
 */
export async function correctClock(store: Store, offMs: number): Promise<number> {
  return store.transaction('rw', store.facts, store.commands, async () => {
    const before = await readClock(store)
    if (before === offMs) return 0
    await store.facts.put({ key: CLOCK, value: offMs })
    const fresh = (entry: Entry): boolean => entry.state === 'waiting' && !entry.is_tried
    return store.commands.filter(fresh).modify((entry) => {
      const at = new Date(Date.parse(entry.command.at) + (entry.off_ms ?? 0) - offMs)
      entry.command = { ...entry.command, at: at.toISOString() }
      entry.off_ms = offMs
    })
  })
}

interface ListedOrder {
  checklist_id?: number
}

/** Lists that are all things of one kind in the slice. */
const LISTS: Readonly<Record<string, string>> = { today: 'order:', visits: 'person:', arrivals: 'arrival:' }

/**
 * A thing of the slice as its page expects it. An order comes without its checklist, which many orders share; the list
 * of today is all orders of the slice.
 */
export async function readSliced(store: Store, key: string): Promise<{ value: unknown; at: number } | undefined> {
  const told = await readCursor(store)
  if (!told) return undefined
  const prefix = LISTS[key]
  if (prefix !== undefined) return { value: await rowsOf(store, prefix), at: told.at }
  const value = (await store.slice.get(key))?.value
  if (value === undefined) return undefined
  const sheet = key.startsWith('order:') ? (value as ListedOrder).checklist_id : undefined
  if (sheet === undefined) return { value, at: told.at }
  const checklist = (await store.slice.get(`checklist:${sheet}`))?.value
  return checklist === undefined ? undefined : { value: { ...(value as object), checklist }, at: told.at }
}

/** All things of one kind. */
export async function rowsOf(store: Store, prefix: string): Promise<unknown[]> {
  return (await store.slice.where('key').startsWith(prefix).toArray()).map((row) => row.value)
}
