import { asError, call, listRuns, type ApiError, type RunOut } from '@wangge/api'
import { isOver } from '@wangge/ui'
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'

export type Way = '' | 'in' | 'out'
const PAUSE_MS = 1000
const SIZE = 20

/** The list of runs; while something goes on its first page is asked for each second. */
export function useRuns() {
  const rows = shallowRef<RunOut[]>([])
  const way = ref<Way>('')
  const next = ref<string | null>(null)
  const error = shallowRef<ApiError>()
  const isLoading = ref(false)
  let timer: number | undefined
  let latest = 0

  async function get(before: string | null, limit: number): Promise<void> {
    latest += 1
    const mine = latest
    isLoading.value = true
    window.clearTimeout(timer)
    try {
      const query = { limit, ...(way.value && { way: way.value }), ...(before && { before }) }
      const page = await call(listRuns({ query }))
      if (mine !== latest) return
      rows.value = before ? [...rows.value, ...page.items] : page.items
      next.value = page.next_before
      error.value = undefined
    } catch (cause) {
      if (mine === latest) error.value = asError(cause)
    } finally {
      if (mine === latest) {
        isLoading.value = false
        if (rows.value.some((run) => !isOver(run))) timer = window.setTimeout(() => void reload(), PAUSE_MS)
      }
    }
  }
  const reload = (): Promise<void> => get(null, Math.min(100, Math.max(SIZE, rows.value.length)))

  function restart(): Promise<void> {
    rows.value = []
    next.value = null
    return get(null, SIZE)
  }
  const more = async (): Promise<void> => {
    if (next.value && !isLoading.value) await get(next.value, SIZE)
  }
  onBeforeUnmount(() => {
    latest += 1
    window.clearTimeout(timer)
  })
  return { rows, way, error, isLoading, hasMore: computed(() => next.value !== null), restart, reload, more }
}
