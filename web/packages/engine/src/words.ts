/** A kind of case with the words that people use for it. */
export interface Worded {
  code: string
  name_zh: string
  words_zh?: readonly string[] // what a phone kept from an earlier version has none
}

export interface Found {
  code: string
  share: number
  words: string[]
}

const DOUBT = 4 // the weight that nothing has (TR-2)
const LONGEST_TEXT = 2000

const normalise = (text: string): string =>
  text.slice(0, LONGEST_TEXT).normalize('NFKC').toLowerCase().replace(/\d+/g, '0')

const wordsOf = ({ words_zh = [], name_zh }: Worded): readonly string[] =>
  words_zh.length > 0 ? words_zh : name_zh.split(/[、，。；：·\s（）()“”"/]+/).filter((part) => part.length > 1)

/** Return the words with the kinds that share them, the longest first. */
function owners(kinds: readonly Worded[]): [string, string[]][] {
  const found = new Map<string, string[]>()
  for (const kind of kinds) {
    for (const word of wordsOf(kind).map(normalise)) found.set(word, [...(found.get(word) ?? []), kind.code])
  }
  return [...found].sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1))
}

/**
 * Return which kinds of case a text suggests by their words alone, the likeliest first: the same as the server
 * without a model (TR-2), so that a phone without a network can suggest too.
 */
export function findByWords(text: string, kinds: readonly Worded[]): Found[] {
  const said = normalise(text)
  const mine = new Map<string, Map<string, number>>()
  for (const [word, codes] of owners(kinds)) {
    if (!said.includes(word)) continue
    for (const code of codes) {
      const words = mine.get(code) ?? new Map<string, number>()
      if (![...words.keys()].some((longer) => longer.includes(word))) words.set(word, word.length / codes.length)
      mine.set(code, words)
    }
  }
  const weights = [...mine].map(([code, words]) => ({
    code,
    weight: [...words.values()].reduce((sum, one) => sum + one, 0),
    words: [...words.keys()],
  }))
  const total = weights.reduce((sum, one) => sum + one.weight, DOUBT)
  return weights
    .map(({ code, weight, words }) => ({ code, share: weight / total, words }))
    .sort((a, b) => b.share - a.share || (a.code < b.code ? -1 : 1))
}
