/** The day of China so many days before today, as a date field takes it. */
export function dayBefore(days: number, now: Date = new Date()): string {
  const then = new Date(now.getTime() - days * 86_400_000)
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(then)
}

export const KINDS = ['spot_check', 'back_trace', 'cross_patrol', 'survey'] as const

/** What may be said of each kind, the good word first (RC-5). */
export const VERDICTS = {
  spot_check: ['agrees', 'differs', 'unclear'],
  back_trace: ['arose_since', 'overlooked', 'unclear'],
  cross_patrol: ['clean', 'found', 'unclear'],
  survey: ['answered', 'unclear'],
} as const
