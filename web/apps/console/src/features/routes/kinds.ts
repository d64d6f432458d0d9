import type { CatalogueOut } from '@wangge/api'

/** Return what people call a kind of department; an unknown one stays itself. */
export function kindOf(shown: CatalogueOut, code: string, pick: (zh: string, en: string) => string): string {
  const term = shown.terms.find((one) => one.kind === 'department' && one.code === code)
  return term ? pick(term.name_zh, term.name_en) : code
}
