import type { CaseRow } from '@wangge/api'
import { formatAt, formatDue, formatOn, phraseDue, type Phrase } from '@wangge/ui'

/**
 * Return the deadline a list shows: that of the whole case, unless the stage alone is overdue; then a red light must
 * not stand beside "in 3 days". Nothing while no clock runs.
 */
export function dueOf(
  row: Pick<CaseRow, 'light' | 'due_at' | 'stage_due_at'>,
  now: Date,
): { phrase: Phrase; isStage: boolean } | undefined {
  if (row.light === 'none') return undefined
  const isOver = (at: string | null): at is string => at !== null && new Date(at) < now
  if (!isOver(row.due_at) && isOver(row.stage_due_at))
    return { phrase: phraseDue(row.stage_due_at, now), isStage: true }
  return row.due_at === null ? undefined : { phrase: phraseDue(row.due_at, now), isStage: false }
}

/** When a line of a deadline's account is: a day counts as a day, and its end as 24:00. */
export function lineWhen({ at, en }: { at: string; en: string }): string {
  if (!formatAt(at).endsWith(' 00:00')) return formatAt(at)
  return en.startsWith('Time is up') ? formatDue(at) : formatOn(at)
}
