import {
  asError,
  call,
  removeEntries,
  toError,
  type ApiError,
  type DossierWordsOut,
  type FateOut,
  type State,
} from '@wangge/api'
import { newId } from '@wangge/outbox/ids'
import { ref, shallowRef } from 'vue'

export type Sort = 'person' | 'facility' | 'licence' | 'fact' | 'drawing'
export interface Removed {
  id: string
  sort: Sort
  version: number
  name: string
}

/** What is sent with an entry: the command's id, the entry's, and the version it was read at. */
export interface Head {
  id: string
  entry_id: string
  base_version: number
}

/** Return the kinds of a sort that may be chosen; the entry's own too, when the pack no longer has it. */
export function kindsOf(words: DossierWordsOut, sort: Sort): DossierWordsOut['kinds'] {
  return words.kinds.filter((one) => one.sort === sort)
}

/** Return an empty field as null: a date that was not filled in. */
export const dayOf = (text: string): string | null => (text === '' ? null : text)

/** The day it is in China, as a date field takes it. */
export const todayInChina = (now: Date = new Date()): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(now)

/** How loud a state is shown. */
export const TONES: Readonly<Record<State, 'danger' | 'warning' | 'success' | 'info'>> = {
  overdue: 'danger',
  soon: 'warning',
  fine: 'success',
  unknown: 'info',
}

/** Return the fate of a batch of one. Throws what was refused. */
export function settled(fates: readonly FateOut[]): FateOut {
  const [fate] = fates
  if (fate === undefined || fate.status >= 300) throw toError(fate?.status ?? 500, fate)
  return fate
}

/** Write one entry. A retry after a failed connection carries the id of the first try, so it is done once. */
export function useEntry(done: () => void) {
  const isBusy = ref(false)
  const error = shallowRef<ApiError>()
  let id = newId()

  async function send(deed: (id: string) => Promise<FateOut[]>): Promise<FateOut | undefined> {
    if (isBusy.value) return undefined
    isBusy.value = true
    error.value = undefined
    try {
      const fate = settled(await deed(id))
      id = newId()
      done()
      return fate
    } catch (cause) {
      error.value = asError(cause)
      if (error.value.status !== 0 && error.value.status < 500) id = newId()
      return undefined
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, error, send }
}

/** Return the call that takes an entry out, or puts it back. */
export const turning = (entry: Removed, isRemoved: boolean, reason: string) => (id: string) =>
  call(
    removeEntries({
      body: [{ id, entry_id: entry.id, sort: entry.sort, base_version: entry.version, is_removed: isRemoved, reason }],
    }),
  )
