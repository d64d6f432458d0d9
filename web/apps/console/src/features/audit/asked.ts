import type { LocationQuery } from 'vue-router'

/** What of the trail is asked for; it lives in the address. */
export interface AuditAsked {
  first: string
  last: string
  person: string
  action: string
  subject: string
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
const day = (value: string, otherwise: string): string => (DAY.test(value) ? value : otherwise)

/** Return the day that is so many days before another. */
export function daysBefore(on: string, days: number): string {
  const date = new Date(`${on}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - days)
  return date.toISOString().slice(0, 10)
}

/** Read an address; a week up to today where it names no days. */
export function fromUrl(query: LocationQuery, today: string): AuditAsked {
  const last = day(one(query.last_on), today)
  return {
    first: day(one(query.first_on), daysBefore(last, 6)),
    last,
    person: one(query.person),
    action: one(query.action),
    subject: one(query.subject_id),
  }
}

export const toQuery = (asked: AuditAsked): Record<string, string> => ({
  first_on: asked.first,
  last_on: asked.last,
  ...(asked.person.trim() && { person: asked.person.trim() }),
  ...(asked.action.trim() && { action: asked.action.trim() }),
  ...(asked.subject.trim() && { subject_id: asked.subject.trim() }),
})

export const toUrl = (asked: AuditAsked, today: string): Record<string, string> => {
  const { first_on, last_on, ...rest } = toQuery(asked)
  return {
    ...rest,
    ...(last_on === today && first_on === daysBefore(today, 6) ? {} : { first_on, last_on }),
  } as Record<string, string>
}
