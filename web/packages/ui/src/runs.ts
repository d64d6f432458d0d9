import type { RunOut } from '@wangge/api'

/** A run that is over changes no more. */
export const isOver = (run: RunOut): boolean => run.state !== 'waiting' && run.state !== 'running'

/** Return "1.2 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** Return how long it took, or has taken until now: "3 s", "2 min 05 s". */
export function lasted(run: RunOut, now: Date): string {
  if (!run.started_at) return ''
  const until = run.ended_at ? new Date(run.ended_at) : now
  const seconds = Math.max(0, Math.round((until.getTime() - new Date(run.started_at).getTime()) / 1000))
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** Whether it is past reading and writes into the register. */
export const isWriting = (run: RunOut): boolean => run.state === 'running' && run.written > 0

/** An i18n key of what became of it, or of what it does. */
export function verdictOf(run: RunOut): string {
  if (run.state === 'running') {
    if (run.is_ending) return 'ending'
    if (run.way === 'out') return 'exporting'
    return isWriting(run) ? 'writing' : 'reading'
  }
  if (run.state !== 'done') return run.state
  if (run.way === 'out') return 'exported'
  return run.is_dry_run ? 'checked' : 'loaded'
}
