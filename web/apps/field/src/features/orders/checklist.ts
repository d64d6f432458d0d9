import type { ChecklistOut, Unsigned, VisitOutcome } from '@wangge/api'
import { answersOf, photosOf } from '@wangge/engine'
import type { Answer, Item, Mark, Marks, Remedy, Verdict } from '@wangge/engine'

/** What a member has filled in so far: kept as a draft at every touch. */
export interface Sheet {
  outcome: VisitOutcome
  marks: Marks
  note: string
  /** What whoever was visited drew, by its digest; else why there is nothing. */
  signature: string
  unsigned: Unsigned | null
  /** The version of the list that stood there at the first touch: another one may have come meanwhile. */
  list: number | null
}

export const EMPTY: Sheet = { outcome: 'inspected', marks: {}, note: '', signature: '', unsigned: null, list: null }

export const UNSIGNED: readonly Unsigned[] = ['refused', 'nobody', 'unable']

export const OUTCOMES: readonly VisitOutcome[] = [
  'inspected',
  'nobody_there',
  'refused_entry',
  'closed_down',
  'moved_away',
]

/** The items as the engine knows them: what the server leaves out is filled in. */
export const toItems = (checklist: ChecklistOut): Item[] =>
  checklist.items.map((item) => ({
    ...item,
    clause: item.clause ?? '',
    weight: item.weight ?? 1,
    is_key: item.is_key ?? false,
    photo_when_failed: item.photo_when_failed ?? true,
    on_spot_required: item.on_spot_required ?? false,
    visible_if: item.visible_if ?? null,
  }))

/** Every photo on the sheet, also of items that are hidden just now: the draft holds on to them. */
export const photosOnSheet = (sheet: Sheet): string[] => [
  ...new Set(Object.values(sheet.marks).flatMap((mark) => [...mark.photos, ...mark.after_photos])),
  ...(sheet.signature ? [sheet.signature] : []),
]

interface Asked {
  id: string
  checklist: Pick<ChecklistOut, 'id'>
}

/**
 * What the server is told, with the version of the list that was answered: it may be withdrawn by then (OR-25).
 * Whoever was not let in has nothing to answer, and nobody to sign.
 */
export function resultOf(order: Asked, items: readonly Item[], sheet: Sheet, at?: { lon: number; lat: number }) {
  const isInspected = sheet.outcome === 'inspected'
  const answers = isInspected ? answersOf(items, sheet.marks) : []
  const { signature, unsigned } = isInspected ? sheet : EMPTY
  const signedAs: Partial<Pick<Sheet, 'signature' | 'unsigned'>> = signature
    ? { signature }
    : unsigned
      ? { unsigned }
      : {}
  const payload = {
    order_id: order.id,
    outcome: sheet.outcome,
    checklist_id: order.checklist.id,
    answers,
    note: sheet.note.trim(),
    ...signedAs,
    ...at,
  }
  return { payload, photos: [...photosOf(answers), ...(signature ? [signature] : [])] }
}

/** The way back: a sheet from answers that were refused, so that they can be mended and handed in anew. */
export function marksOf(answers: readonly Answer[]): Marks {
  const verdictOf = (ok: boolean | null): Verdict => (ok === null ? 'not_applicable' : ok ? 'ok' : 'failed')
  const marks = answers.map(({ item, ok, persuaded, note, photos, after_photos, case_id }): [string, Mark] => {
    const remedy: Remedy | null = ok === false ? (persuaded ? 'persuaded' : 'passed_on') : null
    return [item, { verdict: verdictOf(ok), remedy, note, photos, after_photos, case_id }]
  })
  return Object.fromEntries(marks)
}
