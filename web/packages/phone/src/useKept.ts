import { asError, type ApiError } from '@wangge/api'
import { readSliced } from '@wangge/outbox'
import { computed, ref, shallowRef } from 'vue'
import { useQueue } from './queue'

/** Put something that the server said aside, for the time without signal. */
export async function keep(key: string, value: unknown): Promise<void> {
  await useQueue().its().kept.put({ key, value, kept_at: Date.now() })
}

/** What the phone has: what a page read, or the slice of the day, whichever is newer. */
export async function readKept<T>(key: string): Promise<{ value: T; kept_at: number } | undefined> {
  const store = useQueue().its()
  const row = await store.kept.get(key)
  const sliced = await readSliced(store, key)
  if (sliced && (!row || sliced.at > row.kept_at)) return { value: sliced.value as T, kept_at: sliced.at }
  return row && { value: row.value as T, kept_at: row.kept_at }
}

/** Fetch something for a page. What the phone has is shown at once; without signal it stays. */
export function useKept<T>(key: () => string, fetch: () => Promise<T>) {
  const data = shallowRef<T>()
  const error = shallowRef<ApiError>()
  const keptAt = ref<number>()
  const isLoading = ref(false)
  let latest = 0

  async function run(): Promise<void> {
    latest += 1
    const mine = latest
    const name = key()
    isLoading.value = true
    try {
      const before = await readKept<T>(name)
      if (mine !== latest) return
      if (before) {
        data.value = before.value
        keptAt.value = before.kept_at
      } else data.value = undefined
      const fresh = await fetch()
      if (mine !== latest) return
      if (!before || JSON.stringify(before.value) !== JSON.stringify(fresh)) data.value = fresh // else it stands drawn
      keptAt.value = undefined
      error.value = undefined
      await keep(name, fresh)
    } catch (cause) {
      if (mine === latest) error.value = asError(cause)
    } finally {
      if (mine === latest) isLoading.value = false
    }
  }

  return {
    data,
    error,
    isLoading,
    run,
    /** When the phone took down what is shown; nothing when it is fresh. */
    keptAt,
    isOld: computed(() => keptAt.value !== undefined && error.value !== undefined),
  }
}
