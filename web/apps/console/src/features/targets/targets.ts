import type { PeriodOut, TargetOut } from '@wangge/api'

/** Return "97.8%", "26 h" or "1,200"; a dash for none. */
export function said(value: number | null | undefined, unit: string, hours: string): string {
  if (value === null || value === undefined) return '–'
  const text = value.toLocaleString('en')
  if (unit === 'pct') return `${text}%`
  return unit === 'hours' ? `${text} ${hours}` : text
}

/** Return how a target stands: its last judged period, else the one that runs. */
export function standingOf(target: TargetOut): PeriodOut['standing'] {
  const judged = target.periods.filter((one) => one.standing === 'reached' || one.standing === 'behind')
  return judged.at(-1)?.standing ?? target.now?.standing ?? 'coming'
}

/** Return how much of the plan is there, 0 to 100, for a bar. */
export function partOf(period: PeriodOut | null): number {
  if (!period || period.fact === null || period.plan <= 0) return 0
  return Math.max(0, Math.min(100, (100 * period.fact) / period.plan))
}
