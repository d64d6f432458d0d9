import type { CatalogueOut, CatalogueRow } from '@wangge/api'

export type Words = (kind: string, code: string) => string

/** Return what people call the codes of the catalogue; an unknown code stays itself. */
export function wordsOf(shown: CatalogueOut | undefined, pick: (zh: string, en: string) => string): Words {
  const names = new Map((shown?.terms ?? []).map((term) => [`${term.kind}/${term.code}`, term]))
  return (kind, code) => {
    const term = names.get(`${kind}/${code}`)
    return term ? pick(term.name_zh, term.name_en) : code
  }
}

export interface Narrowing {
  q: string
  group: string
  lane: string
  origin: string
}

/** Return the rows that hold the words and belong to what is chosen. */
export function narrow(rows: readonly CatalogueRow[], by: Narrowing): CatalogueRow[] {
  const words = by.q.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (!by.group || row.group_code === by.group) &&
      (!by.lane || row.lane === by.lane) &&
      (!by.origin || row.origin === by.origin) &&
      (!words ||
        [row.code, row.name_zh, row.name_en, row.basis, ...row.words_zh].some((text) =>
          text.toLowerCase().includes(words),
        )),
  )
}

/** Return the words of a line with commas of either language or spaces between; a single letter is none. */
export const splitWords = (line: string): string[] => line.split(/[,，、\s]+/).filter((word) => word.length > 1)
