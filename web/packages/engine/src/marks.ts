/** What a member has put down so far: a value, kept as a draft at every touch. */

import { type Answered, type Item, visibleItems } from './checklist'

export type Verdict = 'ok' | 'failed' | 'not_applicable'
/** A failed item is put right on the spot after a talk (WH-27), or passed on. */
export type Remedy = 'persuaded' | 'passed_on'

export interface Mark {
  verdict: Verdict
  remedy: Remedy | null
  note: string
  photos: string[]
  after_photos: string[]
  case_id: string | null
}

export type Marks = Readonly<Record<string, Mark>>

export type Lack = 'verdict' | 'remedy' | 'photo' | 'after_photo'

export interface Gap {
  item: string
  lack: Lack
}

const AS_ANSWER: Record<Verdict, boolean | null> = { ok: true, failed: false, not_applicable: null }

export function answeredOf(marks: Marks): Answered {
  return Object.fromEntries(Object.entries(marks).map(([key, mark]) => [key, AS_ANSWER[mark.verdict]]))
}

/** The mark after a verdict. Photos and note stay, so a slip of the thumb loses nothing. */
export function withVerdict(mark: Mark | undefined, verdict: Verdict): Mark {
  const kept = mark ?? { verdict, remedy: null, note: '', photos: [], after_photos: [], case_id: null }
  return { ...kept, verdict }
}

/** Items that are shown, given the marks. */
export function itemsToAsk(items: readonly Item[], marks: Marks): Item[] {
  return visibleItems(items, answeredOf(marks))
}

/** What still lacks before the visit can be handed in, in the order of the list. */
export function gapsOf(items: readonly Item[], marks: Marks): Gap[] {
  return itemsToAsk(items, marks).flatMap((item) =>
    lacksOf(item, marks[item.key]).map((lack) => ({ item: item.key, lack })),
  )
}

/**
 * What one item lacks. Persuaded: before and after photo. Passed on: a photo where the item asks for one.
 * Rule: OR-11, as in the server (WH-27: persuade first; photo when it fails).
 */
export function lacksOf(item: Pick<Item, 'photo_when_failed'>, mark: Mark | undefined): Lack[] {
  if (!mark) return ['verdict']
  if (mark.verdict !== 'failed') return []
  if (!mark.remedy) return ['remedy']
  const lacks: Lack[] = []
  const persuaded = mark.remedy === 'persuaded'
  if (mark.photos.length === 0 && (persuaded || item.photo_when_failed)) lacks.push('photo')
  if (persuaded && mark.after_photos.length === 0) lacks.push('after_photo')
  return lacks
}

export interface Progress {
  asked: number
  answered: number
  failed: number
  complete: boolean
}

export function progressOf(items: readonly Item[], marks: Marks): Progress {
  const asked = itemsToAsk(items, marks)
  return {
    asked: asked.length,
    answered: asked.filter((item) => marks[item.key]).length,
    failed: asked.filter((item) => marks[item.key]?.verdict === 'failed').length,
    complete: gapsOf(items, marks).length === 0,
  }
}
