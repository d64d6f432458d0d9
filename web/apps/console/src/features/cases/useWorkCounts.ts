import { call, countWork } from '@wangge/api'
import { useLoad } from '@wangge/ui'
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue'

const EVERY_MS = 30_000

/** How much work there is: counted by the server, asked again every half minute while the list is on screen. */
export function useWorkCounts() {
  const { data, run } = useLoad(() => call(countWork()))
  let timer: ReturnType<typeof setInterval> | undefined

  function begin(): void {
    end()
    timer = setInterval(() => document.visibilityState === 'visible' && void run(), EVERY_MS)
  }
  function end(): void {
    clearInterval(timer)
  }
  onMounted(begin)
  onActivated(begin)
  onDeactivated(end)
  onBeforeUnmount(end)
  void run()
  return { counts: data, recount: run }
}
