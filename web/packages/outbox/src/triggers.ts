/** When to send: at start, when the signal comes back, when the page is looked at, every 30 s, and after a back-off. */

import type { FlushEnd, Worker } from './worker'

const EVERY_MS = 30_000

export interface Triggers {
  /** Send now, whatever the back-off says. */
  now(): Promise<void>
  stop(): void
}

export function startTriggers(
  worker: Worker,
  onEnd: (end: FlushEnd) => void,
  onFault: (fault: unknown) => void,
): Triggers {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function flush(force: boolean): Promise<void> {
    try {
      const end = await worker.flush({ force })
      if (!stopped) onEnd(end)
    } catch (fault) {
      if (!stopped) onFault(fault) // after stop the database is closed: that is no fault
    }
    arm()
  }

  function arm(): void {
    clearTimeout(timer)
    if (stopped) return
    const wait = worker.nextAt - Date.now()
    timer = setTimeout(() => void flush(false), wait > 0 ? Math.min(wait, EVERY_MS) : EVERY_MS)
  }

  const onOnline = () => void flush(true)
  const onLook = () => {
    if (document.visibilityState === 'visible') void flush(true)
  }
  window.addEventListener('online', onOnline)
  document.addEventListener('visibilitychange', onLook)
  void flush(true)

  return {
    now: () => flush(true),
    stop() {
      stopped = true
      clearTimeout(timer)
      window.removeEventListener('online', onOnline)
      document.removeEventListener('visibilitychange', onLook)
    },
  }
}
