/** Time as people of the city read it: China time, whatever zone the browser is in. */

const ZONE = 'Asia/Shanghai'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const parts = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})

/** Return "2026-03-01 14:05". */
export const formatAt = (at: string | Date): string => parts.format(new Date(at))

/** Return "2026-03-01", the day in China. */
export const formatOn = (at: string | Date): string => formatAt(at).slice(0, 10)

/** Return a deadline as it is said: midnight is 24:00 of the day before. */
export function formatDue(at: string | Date): string {
  const said = formatAt(at)
  return said.endsWith(' 00:00') ? `${formatOn(new Date(new Date(at).getTime() - MINUTE))} 24:00` : said
}

/** An i18n key and its number: state keeps keys, not translated text. */
export interface Phrase {
  key: string
  n: number
}

function amount(ms: number): [unit: 'Days' | 'Hours' | 'Minutes', n: number] {
  if (ms >= DAY) return ['Days', Math.floor(ms / DAY)]
  if (ms >= HOUR) return ['Hours', Math.floor(ms / HOUR)]
  return ['Minutes', Math.max(1, Math.floor(ms / MINUTE))]
}

/** Say how far a deadline is: "due.inDays 2" before it, "due.overHours 3" after it. Whole units, rounded down. */
export function phraseDue(dueAt: string | Date, now: Date): Phrase {
  const left = new Date(dueAt).getTime() - now.getTime()
  const [unit, n] = amount(Math.abs(left))
  return { key: `due.${left >= 0 ? 'in' : 'over'}${unit}`, n }
}

/** Say how long ago something was: "ago.hours 3". */
export function phraseAgo(at: string | Date, now: Date): Phrase {
  const [unit, n] = amount(Math.max(0, now.getTime() - new Date(at).getTime()))
  return { key: `ago.${unit.toLowerCase()}`, n }
}
