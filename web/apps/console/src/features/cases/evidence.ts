import type { EvidenceOut, ExportOut, FindingOut } from '@wangge/api'

export const MOST_IN_BUNDLE = 1000 // cases (EV-10)
export const MOST_IN_ADDRESS = 200 // an address holds no more ids

export interface Groups {
  differs: FindingOut[]
  unknown: FindingOut[]
  agrees: FindingOut[]
}

/** What wants a second look first, then what nobody can tell; what fits last. */
export function groupFindings(found: EvidenceOut | undefined): Groups {
  const of = (verdict: FindingOut['verdict']) => found?.findings.filter((one) => one.verdict === verdict) ?? []
  return { differs: of('differs'), unknown: of('unknown'), agrees: of('agrees') }
}

/** What the photo says of itself: one photo may be in several steps. */
export const photoOf = (found: EvidenceOut | undefined, one: FindingOut) =>
  found?.photos.find((photo) => photo.sha256 === one.sha256 && photo.seq === one.seq)

export const isOver = (made: ExportOut): boolean => ['ready', 'failed', 'expired'].includes(made.state)

export const shareOf = (made: ExportOut): number => Math.min(100, Math.round((100 * made.done) / made.cases))

export function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
