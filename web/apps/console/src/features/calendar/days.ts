const SPAN = /^(\d{4}-)?(\d{1,2})-(\d{1,2})(?:\s*(?:~|至|到)\s*(\d{4}-)?(\d{1,2})-(\d{1,2}))?$/

/** Return the day as text, or nothing for a day that no calendar has. */
function dayOf(year: number, month: number, day: number): string | undefined {
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : undefined
}

/**
 * Return the days of a text: one a line or parted by commas, with or without the year, also as a span
 * ("2-15 至 2-23"); and what is no day.
 */
export function readDays(text: string, year: number): { days: string[]; wrong: string[] } {
  const days = new Set<string>()
  const wrong: string[] = []
  for (const part of text.split(/[\n,，、;；]+/).map((each) => each.trim())) {
    if (part === '') continue
    const [whole, ownYear, month = '', day = '', lastYear, lastMonth, lastDay = ''] = SPAN.exec(part) ?? []
    const first = whole === undefined ? undefined : dayOf(parseInt(ownYear ?? `${year}`), +month, +day)
    const last = lastMonth ? dayOf(parseInt(lastYear ?? ownYear ?? `${year}`), +lastMonth, +lastDay) : first
    if (!first || !last || last < first) {
      wrong.push(part)
      continue
    }
    for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000)
      days.add(new Date(at).toISOString().slice(0, 10))
  }
  return { days: [...days].sort(), wrong }
}
