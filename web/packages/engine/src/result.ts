/** From marks to what the server is told. */

import type { Item } from './checklist'
import { itemsToAsk, type Mark, type Marks } from './marks'

export interface Answer {
  item: string
  ok: boolean | null
  persuaded: boolean
  note: string
  photos: string[]
  after_photos: string[]
  case_id: string | null
}

/** Answers of the visible, answered items. Leftovers of a changed mind (photos of an item now in order) are not sent. */
export function answersOf(items: readonly Item[], marks: Marks): Answer[] {
  return itemsToAsk(items, marks).flatMap((item) => {
    const mark = marks[item.key]
    return mark ? [answerOf(item.key, mark)] : []
  })
}

function answerOf(item: string, mark: Mark): Answer {
  if (mark.verdict !== 'failed') {
    const ok = mark.verdict === 'ok' ? true : null
    return { item, ok, persuaded: false, note: '', photos: [], after_photos: [], case_id: null }
  }
  const persuaded = mark.remedy === 'persuaded'
  return {
    item,
    ok: false,
    persuaded,
    note: mark.note.trim(),
    photos: [...mark.photos],
    after_photos: persuaded ? [...mark.after_photos] : [],
    case_id: mark.case_id,
  }
}

/** Every photo the answers speak of, once. */
export function photosOf(answers: readonly Answer[]): string[] {
  return [...new Set(answers.flatMap((answer) => [...answer.photos, ...answer.after_photos]))]
}
