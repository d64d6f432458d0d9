import type { CaseDetail, EventOut } from '@wangge/api'

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

/** The photos that came with a step. */
export const photosOf = (event: EventOut): string[] => strings(event.detail.photos)

/** Part the photos of a case: as it was found (the report's), and as it was left (those of the steps after it). */
export function partPhotos(shown: Pick<CaseDetail, 'photos' | 'events'>): { before: string[]; after: string[] } {
  const later = shown.events.filter((event) => event.action !== 'report').flatMap(photosOf)
  return { before: [...new Set(shown.photos)], after: [...new Set(later)] }
}

/** What somebody wrote with the step. */
export const reasonOf = ({ detail: { reason } }: EventOut): string => (typeof reason === 'string' ? reason : '')

/** When the step arrived, where that was much later than the time it claims (CS-41). */
export const receivedOf = ({ detail: { received_at } }: EventOut): string =>
  typeof received_at === 'string' ? received_at : ''

/** From which matter to which the step moved the case, in both languages; undefined for other steps. */
export function movedOf({ detail: { reclassified } }: EventOut): Record<string, string> | undefined {
  return typeof reclassified === 'object' && reclassified !== null
    ? (reclassified as Record<string, string>)
    : undefined
}

/** Where a photo is: a copy without EXIF, a small one for lists, or for those who verify the original. */
export const photoUrl = (caseId: string, sha256: string, form?: 'small' | 'original'): string =>
  `/api/cases/${caseId}/photos/${sha256}${form ? `?form=${form}` : ''}`

export const smallOf = (url: string): string => `${url}?form=small`

/** Which team, and what of it, where the event is a call-out (CS-45). */
export function calledOf({ action, detail }: EventOut): { team: string; what: string } | undefined {
  if (action !== 'call_out') return undefined
  return { team: String(detail.team_name ?? ''), what: String(detail.what ?? '') }
}
