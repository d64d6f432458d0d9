import type { CaseDetail, EventOut } from '@wangge/api'

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

/** What the step changed: the report's event holds the case as it was reported. */
function factsOf(event: EventOut): Record<string, unknown> {
  const { facts } = event.detail
  return typeof facts === 'object' && facts !== null ? (facts as Record<string, unknown>) : {}
}

/** The photos of one event, whatever kind of event it is. */
export const photosOf = (event: EventOut): string[] => [
  ...strings(event.detail.photos),
  ...(event.action === 'report' ? strings(factsOf(event).photos) : []),
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
  for (const event of shown.events)
    photosOf(event).forEach((sha) => (AFTER.has(event.action) ? after : before).add(sha))
  shown.photos.filter((sha) => !after.has(sha)).forEach((sha) => before.add(sha))
  return { before: [...before], after: [...after].filter((sha) => !before.has(sha)) }
}

/** What somebody wrote with the step. */
export function reasonOf(event: EventOut): string {
  const written = event.action === 'report' ? factsOf(event).text : event.detail.reason
  return typeof written === 'string' ? written : ''
}

/** The department that a dispatch named. */
export function departmentOf(event: EventOut): number | undefined {
  const id = factsOf(event).department_id
  return event.action === 'dispatch' && typeof id === 'number' ? id : undefined
}

export const photoUrl = (caseId: string, sha256: string): string => `/api/cases/${caseId}/photos/${sha256}`
