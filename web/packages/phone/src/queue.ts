import {
  discard,
  dropOldKept,
  dropOldReceipts,
  type Entry,
  type FlushEnd,
  newId,
  readClock,
  sendAgain,
  sendOnTop,
  startTriggers,
  Store,
  submit,
  sweepPhotos,
  type Triggers,
  watchEntries,
  Worker,
} from '@wangge/outbox'
import { call, receiveCommands, type Me } from '@wangge/api'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { askClock, clockOffMs, houseNow, setClock } from './houseClock'
import { startCounting, stopBurden } from './burden'
import { identify } from './device'
import { whenIdle } from './idle'
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
  /** Told beside the work: a no to it asks nobody. */
  is_aside?: boolean
  /** It closes what was done before it: it goes after all of that. */
  is_closing?: boolean
}

/** What somebody did about a command that was not taken: said again, mended, or given up for what stands. */
export type Choice = 'mine' | 'theirs' | 'mixed' | 'mended' | 'again'

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
    const transport = makeTransport(person, onStranger, () => identify(mine))
    worker = new Worker({ store, transport, locks: navigator.locks, before })
    unwatch = watchEntries(store, (now) => (entries.value = now), tellFault)
    // The first screen has its turn before anything is sent or tidied up.
    whenIdle(() => {
      if (store !== mine || !worker) return
      triggers = startTriggers(worker, onEnd, tellFault)
      startCounting(mine, houseNow)
      void keepHouse(mine).catch(tellFault)
    }, 1_500)
  }

  function close(): void {
    stopBurden()
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
    const { subjects, label, photos = [], draft, is_aside = false, is_closing = false } = deed
    await submit(its(), {
      command,
      subjects,
      label,
      photos: plain(photos),
      off_ms: clockOffMs.value,
      is_aside,
      is_closing,
      ...(draft === undefined ? {} : { draft }),
    })
    void triggers?.now()
    return command.id
  }

  async function retry(id?: string): Promise<void> {
    const entry = entries.value.find((one) => one.id === id)
    if (id) await sendAgain(its(), id)
    if (entry) await decide(entry, 'again')
    await triggers?.now()
  }

  /** Say it again on the version that stands. `payload`: what is said instead, after a look at both sides. */
  async function insist(
    id: string,
    version: number,
    choice: Choice = 'mine',
    payload?: Deed['payload'],
  ): Promise<string> {
    const entry = entries.value.find((one) => one.id === id)
    const fresh = await sendOnTop(its(), id, version, payload && plain(payload))
    if (entry) await decide(entry, choice, fresh)
    void triggers?.now()
    return fresh
  }

  /** Give it up: what stands, stands. It stays among the receipts with all that it said. */
  async function giveUp(id: string, choice: Choice = 'theirs'): Promise<void> {
    const entry = entries.value.find((one) => one.id === id)
    await discard(its(), id)
    if (entry) await decide(entry, choice)
  }

  /**
   * This phone is trusted no more. What waits is sent; what nobody has decided yet, and drafts, are kept by the house
   * as they are, for the office to look at.
   */
  async function handOver(): Promise<void> {
    const open = its()
    const headers = await identify(open)
    const drafts = await open.drafts.toArray()
    const undecided = await open.commands.where('state').equals('asking').toArray()
    const at = new Date(houseNow()).toISOString()
    const kept = [
      ...undecided.map(({ command }) => ({ ...command, kind: `kept.${command.kind}` })),
      ...drafts.map(({ key, value }) => ({ id: newId(), kind: 'kept.draft', at, payload: { key, value } })),
    ]
    for (let start = 0; start < kept.length; start += 50)
      await call(receiveCommands({ headers, body: { commands: plain(kept.slice(start, start + 50)) } }))
    for (const { id } of undecided) await discard(open, id)
    await resume()
  }

  /** The house hears what a person decided about a command that it did not take. */
  async function decide({ command, refusal, subjects, label }: Entry, choice: Choice, became?: string): Promise<void> {
    const { kind, payload } = command
    const fields = Object.keys(payload)
    const said = { refused_id: command.id, kind, subject: subjects[0] ?? '', code: refusal?.code ?? '', choice, fields }
    await hand({
      kind: 'field.decide',
      payload: { ...said, ...(became === undefined ? {} : { became }) },
      subjects: [],
      label,
      is_aside: true,
    })
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
    giveUp,
    handOver,
    about: (subject: string) => entries.value.filter((entry) => entry.subjects.includes(subject)),
  }
})
