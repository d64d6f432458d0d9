import {
  discard,
  dropOldKept,
  dropOldReceipts,
  type Entry,
  type FlushEnd,
  newId,
  sendAgain,
  sendOnTop,
  readClock,
  startTriggers,
  Store,
  submit,
  sweepPhotos,
  type Triggers,
  watchEntries,
  Worker,
} from '@wangge/outbox'
import type { Me } from '@wangge/api'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { askClock, clockOffMs, houseNow, setClock } from './houseClock'
import { type Kind, makeTransport } from './transport'
import { rememberMe } from './who'

export interface Deed {
  kind: Kind
  payload: Readonly<Record<string, unknown>>
  /** What it touches: "order:<id>", "case:<id>". */
  subjects: string[]
  label: string
  base_version?: number
  photos?: string[]
  draft?: string
}

/** Throw away what nobody needs any more; ask the browser not to throw away the rest. */
async function keepHouse(store: Store): Promise<void> {
  await Promise.all([sweepPhotos(store), dropOldReceipts(store), dropOldKept(store)])
  await navigator.storage?.persist?.()
}

/** IndexedDB takes no reactive proxies; what goes to the server is JSON anyway. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** What is on its way to the server. Opened for one person at a time. */
export const useQueue = defineStore('queue', () => {
  const entries = shallowRef<Entry[]>([])
  const isPaused = ref(false)
  const fault = ref('')
  let store: Store | undefined
  let post: number | undefined
  let worker: Worker | undefined
  let triggers: Triggers | undefined
  let unwatch: (() => void) | undefined

  const tellFault = (cause: unknown): void => {
    fault.value = String(cause)
    console.error(cause)
  }

  /** The database of the person who is logged in. */
  function its(): Store {
    if (!store) throw new Error('the queue is not open: nobody is logged in')
    return store
  }

  /** Another person has logged in on this phone: nothing of the first one may stay on screen. */
  function onStranger(me: Me): void {
    rememberMe(me)
    window.location.reload()
  }

  function onEnd(end: FlushEnd): void {
    isPaused.value = end === 'paused'
    fault.value = ''
  }

  function open(person: number, actingIn: number | null): void {
    post = actingIn ?? undefined
    const name = String(person)
    if (store?.name === `wangge-${name}`) {
      if (isPaused.value) void resume()
      return
    }
    close()
    const mine = new Store(name)
    store = mine
    void readClock(mine).then(setClock, tellFault)
    const before = (): Promise<void> => askClock(mine).catch(tellFault)
    worker = new Worker({ store, transport: makeTransport(person, onStranger), locks: navigator.locks, before })
    unwatch = watchEntries(store, (now) => (entries.value = now), tellFault)
    triggers = startTriggers(worker, onEnd, tellFault)
    void keepHouse(store).catch(tellFault)
  }

  function close(): void {
    triggers?.stop()
    unwatch?.()
    store?.close()
    store = worker = triggers = unwatch = undefined
    entries.value = []
    isPaused.value = false
    fault.value = ''
  }

  /** Somebody has logged in again: the worker may go on. */
  async function resume(): Promise<void> {
    isPaused.value = false
    isPaused.value = (await worker?.resume()) === 'paused'
  }

  /** Hand a deed in; it goes at once if it can. Returns the command's id. */
  async function hand(deed: Deed): Promise<string> {
    const now = new Date(houseNow())
    const command = {
      id: newId(now.getTime()),
      kind: deed.kind,
      at: now.toISOString(),
      base_version: deed.base_version ?? 1,
      payload: plain(deed.payload),
      ...(post === undefined ? {} : { post }),
    }
    const { subjects, label, photos = [], draft } = deed
    await submit(its(), {
      command,
      subjects,
      label,
      photos: plain(photos),
      off_ms: clockOffMs.value,
      ...(draft === undefined ? {} : { draft }),
    })
    void triggers?.now()
    return command.id
  }

  async function retry(id?: string): Promise<void> {
    if (id) await sendAgain(its(), id)
    await triggers?.now()
  }

  async function insist(id: string, version: number): Promise<string> {
    const fresh = await sendOnTop(its(), id, version)
    void triggers?.now()
    return fresh
  }

  return {
    entries,
    isPaused,
    fault,
    unsent: computed(() => entries.value.length),
    asking: computed(() => entries.value.filter((entry) => entry.state === 'asking').length),
    its,
    open,
    close,
    resume,
    hand,
    retry,
    insist,
    giveUp: (id: string) => discard(its(), id),
    about: (subject: string) => entries.value.filter((entry) => entry.subjects.includes(subject)),
  }
})
