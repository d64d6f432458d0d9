import { asError, call, getRun, type ApiError, type ImportReport, type RunOut } from '@wangge/api'
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { isOver } from './runs'

const PAUSE_MS = 1000

/** Follow one run, once a second, until it is over. */
export function useRun(ended: (run: RunOut) => void = () => undefined) {
  const run = shallowRef<RunOut>()
  const report = shallowRef<ImportReport>()
  const error = shallowRef<ApiError>()
  const isFollowing = ref(false)
  let timer: number | undefined
  let latest = 0

  /** Begin with what the server said of it. */
  function follow(asked: RunOut): void {
    forget()
    run.value = asked
    isFollowing.value = true
    later(latest)
  }

  function forget(): void {
    latest += 1
    window.clearTimeout(timer)
    run.value = report.value = error.value = undefined
    isFollowing.value = false
  }

  function later(mine: number): void {
    timer = window.setTimeout(() => void look(mine), PAUSE_MS)
  }

  async function look(mine: number): Promise<void> {
    const id = run.value?.id
    if (!id) return
    try {
      const found = await call(getRun({ path: { run_id: id } }))
      if (mine !== latest) return
      run.value = found.run
      report.value = found.report ?? undefined
      error.value = undefined
      if (isOver(found.run)) {
        isFollowing.value = false
        ended(found.run)
        return
      }
    } catch (cause) {
      if (mine !== latest) return
      error.value = asError(cause)
    }
    later(mine)
  }
  onBeforeUnmount(forget)
  return { run, report, error, isFollowing, follow, forget }
}
