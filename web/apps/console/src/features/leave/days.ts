/** Days as `2026-11-26`. The house counts to the first day back; people say the last day away. */

const DAY_MS = 86_400_000

export function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

export function todayInChina(): string {
  return new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' })
}

/** The Monday of the week `weeks` from this one. */
export function weekFrom(today: string, weeks: number): { starts_on: string; ends_on: string } {
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  const monday = shifted(today, weeks * 7 - weekday)
  return { starts_on: monday, ends_on: shifted(monday, 7) }
}
