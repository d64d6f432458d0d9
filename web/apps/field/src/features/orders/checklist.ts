import type { ChecklistOut, VisitOutcome } from '@wangge/api'
import { answersOf, photosOf } from '@wangge/engine'
import type { Answer, Item, Mark, Marks, Remedy, Verdict } from '@wangge/engine'

/** What a member has filled in so far: kept as a draft at every touch. */
export interface Sheet {
  outcome: VisitOutcome
  marks: Marks
  note: string
}

export const EMPTY: Sheet = { outcome: 'inspected', marks: {}, note: '' }

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
]

/** What the server is told. Whoever was not let in has nothing to answer. */
export function resultOf(orderId: string, items: readonly Item[], sheet: Sheet, at?: { lon: number; lat: number }) {
  const answers = sheet.outcome === 'inspected' ? answersOf(items, sheet.marks) : []
  const payload = { order_id: orderId, outcome: sheet.outcome, answers, note: sheet.note.trim(), ...at }
  return { payload, photos: photosOf(answers) }
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
