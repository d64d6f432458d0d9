import { asError, type ApiError, type CaseRow, type FateOut } from '@wangge/api'
import { computed, ref, shallowRef } from 'vue'
import { isDone, readAgain, sendBatch, type Command, type Told } from './batch'

/** One batch on its way: what became of each case, and a second try for what was not done. */
export function useBatch(
  rows: readonly CaseRow[],
  commandOf: (row: CaseRow) => Command,
  done: (fates: Map<string, FateOut>) => void,
) {
  const told = shallowRef(new Map<string, Told>())
  const error = shallowRef<ApiError>()
  const isBusy = ref(false)
  const hasBegun = ref(false)
  const outcome = computed(() => [...told.value.values()].sort((a, b) => Number(isDone(a)) - Number(isDone(b))))
  const applied = computed(() => outcome.value.filter(isDone).map(({ row }) => row))

  function note(part: Told[]): void {
    told.value = new Map([...told.value, ...part.map((one) => [one.row.id, one] as const)])
  }

  async function send(some: readonly CaseRow[] = rows): Promise<void> {
    isBusy.value = true
    hasBegun.value = true
    error.value = await sendBatch(some, commandOf, note)
    isBusy.value = false
    if (told.value.size > 0) done(new Map(outcome.value.map(({ row, fate }) => [row.id, fate])))
  }

  /** Read cases again, as somebody may have been faster; nothing when they cannot be read. */
  async function refresh(some: readonly CaseRow[]): Promise<CaseRow[] | undefined> {
    isBusy.value = true
    try {
      return await readAgain(some)
    } catch (cause) {
      error.value = asError(cause)
      return undefined
    } finally {
      isBusy.value = false
    }
  }

  /** Try again what was not done. */
  async function retry(): Promise<void> {
    const isOpen = (row: CaseRow): boolean => {
      const one = told.value.get(row.id)
      return one === undefined || !isDone(one)
    }
    const fresh = await refresh(rows.filter(isOpen))
    if (fresh) await send(fresh)
  }

  return {
    error,
    isBusy,
    hasBegun,
    outcome,
    applied,
    sent: computed(() => told.value.size),
    left: computed(() => rows.length - applied.value.length),
    unsent: computed(() => rows.length - told.value.size),
    send,
    retry,
    refresh,
  }
}
