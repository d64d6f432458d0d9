/** Hand in, look at, decide. The worker sends. */

import { liveQuery } from 'dexie'
import { newId } from './ids'
import { dropUnused } from './photos'
import type { Store } from './store'
import type { Command, Draft, Entry, Receipt } from './types'

const KEEP_RECEIPTS_MS = 30 * 86_400_000
const KEEP_READ_MS = 30 * 86_400_000

export interface Submission {
  command: Command
  subjects?: string[]
  photos?: string[]
  label?: string
  /** The draft this came from; it goes in the same moment as the command comes. */
  draft?: string
  /** By how much the clock was ahead that `at` was put right by. */
  off_ms?: number
  is_aside?: boolean
  is_closing?: boolean
}

/** Put a command into the queue. The same id twice (a double tap) is one command. */
export async function submit(store: Store, submission: Submission): Promise<void> {
  const { command, subjects = [], photos = [], label = '', draft, off_ms = 0 } = submission
  const { is_aside = false, is_closing = false } = submission
  await store.transaction('rw', store.commands, store.receipts, store.drafts, async () => {
    if (draft !== undefined) await store.drafts.delete(draft)
    const known =
      (await store.commands.where('id').equals(command.id).count()) +
      (await store.receipts.where('command_id').equals(command.id).count())
    if (known > 0) return
    const entry: Omit<Entry, 'seq'> = {
      id: command.id,
      command,
      subjects,
      photos: [...new Set(photos)],
      label,
      state: 'waiting',
      attempts: 0,
      next_at: 0,
      refusal: null,
      off_ms,
      is_aside,
      is_closing,
    }
    await store.commands.add(entry)
  })
}

export async function saveDraft(
  store: Store,
  key: string,
  value: unknown,
  photos: readonly string[] = [],
): Promise<void> {
  await store.drafts.put({ key, value, photos: [...new Set(photos)], saved_at: Date.now() })
}

export async function readDraft(store: Store, key: string): Promise<Draft | undefined> {
  return store.drafts.get(key)
}

export async function dropDraft(store: Store, key: string): Promise<void> {
  const draft = await store.drafts.get(key)
  await store.drafts.delete(key)
  if (draft) await dropUnused(store, draft.photos)
}

/** Note the receipt, then delete. A crash between the two costs nothing: the worker finds the receipt. */
export async function settle(
  store: Store,
  entry: Entry,
  outcome: string,
  result: Record<string, unknown>,
): Promise<void> {
  const receipt: Receipt = {
    command_id: entry.id,
    command: entry.command,
    label: entry.label,
    outcome,
    result,
    received_at: Date.now(),
  }
  await store.receipts.put(receipt)
  await forget(store, entry)
}

/** The command and its photos go together: killed in between, no photo stays behind without a command. */
export async function forget(store: Store, entry: Entry): Promise<void> {
  await store.transaction('rw', store.commands, store.photos, store.drafts, async () => {
    await store.commands.where('id').equals(entry.id).delete()
    await dropUnused(store, entry.photos)
  })
}

/** Try the same command again: the reason for the no has gone. Its photos are sent again too. */
export async function sendAgain(store: Store, id: string): Promise<void> {
  await store.transaction('rw', store.commands, store.photos, async () => {
    const entry = await store.commands.where('id').equals(id).first()
    if (entry?.state !== 'asking') return
    await store.photos.where('sha256').anyOf(entry.photos).modify({ uploaded_at: null })
    await store.commands.where('id').equals(id).modify({ state: 'waiting', attempts: 0, next_at: 0, refusal: null })
  })
}

/** Say it anew on top of the server's present version: a new command in the place of the refused one. */
export async function sendOnTop(
  store: Store,
  id: string,
  baseVersion: number,
  payload?: Command['payload'],
): Promise<string> {
  const fresh = newId()
  await store.commands
    .where('id')
    .equals(id)
    .modify((entry) => {
      const said = payload ?? entry.command.payload
      entry.id = fresh
      entry.command = { ...entry.command, id: fresh, base_version: baseVersion, payload: said }
      entry.state = 'waiting'
      entry.attempts = 0
      entry.next_at = 0
      entry.refusal = null
      entry.is_tried = false
    })
  return fresh
}

/** Give a refused command up. It stays among the receipts, with all that it said. */
export async function discard(store: Store, id: string): Promise<void> {
  const entry = await store.commands.where('id').equals(id).first()
  if (entry?.state === 'asking') await settle(store, entry, 'discarded', { ...entry.refusal?.result })
}

export async function dropOldReceipts(store: Store, now: number = Date.now()): Promise<void> {
  await store.receipts
    .where('received_at')
    .below(now - KEEP_RECEIPTS_MS)
    .delete()
}

/** What was read from the server and not looked at anew for a month is of no use without signal. */
export async function dropOldKept(store: Store, now: number = Date.now()): Promise<void> {
  await store.kept
    .where('kept_at')
    .below(now - KEEP_READ_MS)
    .delete()
}

export interface QueueCount {
  waiting: number
  asking: number
}

/** Tell `listener` how much is unsent, now and after every change, in every tab. Returns how to stop. */
export function watchQueue(
  store: Store,
  listener: (count: QueueCount) => void,
  onFault: (fault: unknown) => void,
): () => void {
  const subscription = liveQuery(async () => ({
    waiting: await store.commands.where('state').equals('waiting').count(),
    asking: await store.commands.where('state').equals('asking').count(),
  })).subscribe(listener, onFault)
  return () => subscription.unsubscribe()
}

/** Tell `listener` the entries of the queue, oldest first. */
export function watchEntries(
  store: Store,
  listener: (entries: Entry[]) => void,
  onFault: (fault: unknown) => void,
): () => void {
  const subscription = liveQuery(() => store.commands.orderBy('seq').toArray()).subscribe(listener, onFault)
  return () => subscription.unsubscribe()
}

/** Tell `listener` the receipt of a command as soon as there is one. */
export function watchReceipt(
  store: Store,
  id: string,
  listener: (receipt: Receipt | undefined) => void,
  onFault: (fault: unknown) => void,
): () => void {
  const subscription = liveQuery(() => store.receipts.get(id)).subscribe(listener, onFault)
  return () => subscription.unsubscribe()
}
