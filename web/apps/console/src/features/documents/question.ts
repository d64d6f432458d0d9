import type { DocumentKind } from '@wangge/api'

export const KINDS: readonly DocumentKind[] = [
  'rectification_notice',
  'handover_form',
  'recheck_record',
  'inspection_record',
  'listing_notice',
  'delisting_notice',
  'weekly_bulletin',
  'monthly_bulletin',
]

export interface DocumentQuestion {
  q: string
  kind: DocumentKind | ''
  state: '' | 'valid' | 'void'
  organisation: string
  from: string
  to: string
}

export interface DocumentQuery {
  q?: string
  kind?: DocumentKind
  is_void?: boolean
  organisation?: string
  issued_from?: string
  issued_to?: string
}

/** Return what is asked of the server: only what was filled in. */
export function queryOf(form: DocumentQuestion): DocumentQuery {
  return {
    ...(form.q.trim() && { q: form.q.trim() }),
    ...(form.kind && { kind: form.kind }),
    ...(form.state && { is_void: form.state === 'void' }),
    ...(form.organisation.trim() && { organisation: form.organisation.trim() }),
    ...(form.from && { issued_from: form.from }),
    ...(form.to && { issued_to: form.to }),
  }
}
