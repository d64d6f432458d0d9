import { asError, type ApiError } from '@wangge/api'
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Load<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<ApiError | undefined>
  isLoading: Ref<boolean>
  run: () => Promise<void>
}

/** Fetch something for a page. The last call wins; an older answer that comes late is dropped. */
export function useLoad<T>(fetch: () => Promise<T>): Load<T> {
  const data = shallowRef<T>()
  const error = shallowRef<ApiError>()
  const isLoading = ref(false)
  let latest = 0

  async function run(): Promise<void> {
    latest += 1
    const mine = latest
    isLoading.value = true
    try {
      const found = await fetch()
      if (mine !== latest) return
      data.value = found
      error.value = undefined
    } catch (cause) {
      if (mine === latest) error.value = asError(cause)
    } finally {
      if (mine === latest) isLoading.value = false
    }
  }
  return { data, error, isLoading, run }
}
