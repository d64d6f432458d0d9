import { asError, type ApiError } from '@wangge/api'
import { computed, ref, shallowRef } from 'vue'

export interface Page<T> {
  items: T[]
  total: number
  total_is_exact: boolean
  next_cursor: string | null
}

const SIZE = 50

/** A list that comes page by page after a cursor. An older answer that comes late is dropped. */
export function usePages<T>(
  fetch: (cursor: string, limit: number) => Promise<Page<T>>,
  size: () => number = () => SIZE,
) {
  const rows = shallowRef<T[]>([])
  const total = ref<{ n: number; isExact: boolean }>()
  const cursor = ref('')
  const error = shallowRef<ApiError>()
  const isLoading = ref(false)
  let latest = 0

  async function get(after: string, limit: number): Promise<boolean> {
    latest += 1
    const mine = latest
    isLoading.value = true
    try {
      const page = await fetch(after, limit)
      if (mine !== latest) return false
      rows.value = after === '' ? page.items : [...rows.value, ...page.items]
      total.value = { n: page.total, isExact: page.total_is_exact }
      cursor.value = page.next_cursor ?? ''
      error.value = undefined
      return true
    } catch (cause) {
      if (mine === latest) error.value = asError(cause)
      return false
    } finally {
      if (mine === latest) isLoading.value = false
    }
  }

  /** Begin anew: another question was asked. */
  function restart(): Promise<boolean> {
    rows.value = []
    total.value = undefined
    cursor.value = ''
    return get('', size())
  }
  /** The same question again, as long as the list is now. */
  const reload = (): Promise<boolean> => get('', Math.min(200, Math.max(size(), rows.value.length)))
  const more = async (): Promise<boolean> => cursor.value !== '' && !isLoading.value && get(cursor.value, size())

  const count = computed(() =>
    total.value ? `${total.value.n.toLocaleString('en')}${total.value.isExact ? '' : '+'}` : '',
  )
  return { rows, total, count, error, isLoading, hasMore: computed(() => cursor.value !== ''), restart, reload, more }
}
