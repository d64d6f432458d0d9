import type { CaseDetail, EventOut } from '@wangge/api'

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

/** The photos of one event, whatever kind of event it is. */
export const photosOf = (event: EventOut): string[] => [
  ...strings(event.detail.photos),
  ...strings(event.detail.after_photos),
]

const AFTER: ReadonlySet<EventOut['action']> = new Set<EventOut['action']>([
  'feed_back',
  'fix_on_spot',
  'transfer_back',
  'pass',
  'fail',
])

/** Part the photos of a case: how it was found, and how it was left. */
export function partPhotos(shown: Pick<CaseDetail, 'photos' | 'events'>): { before: string[]; after: string[] } {
  const after = new Set<string>()
  const before = new Set<string>()
  for (const event of shown.events) {
    strings(event.detail.photos).forEach((sha) => (AFTER.has(event.action) ? after : before).add(sha))
    strings(event.detail.after_photos).forEach((sha) => after.add(sha))
  }
  shown.photos.filter((sha) => !after.has(sha)).forEach((sha) => before.add(sha))
  return { before: [...before], after: [...after].filter((sha) => !before.has(sha)) }
}

/** What somebody wrote with the step. */
export function reasonOf(event: EventOut): string {
  const { reason, text } = event.detail
  return typeof reason === 'string' && reason !== '' ? reason : typeof text === 'string' ? text : ''
}

export const photoUrl = (caseId: string, sha256: string): string => `/api/cases/${caseId}/photos/${sha256}`
