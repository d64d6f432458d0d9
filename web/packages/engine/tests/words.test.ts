import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findByWords } from '../src'

interface Vector {
  name: string
  text: string
  words: Record<string, string[]>
  expected: [string, number][]
}

const path = join(import.meta.dirname, '../../../../contracts/vectors/words.json')
const VECTORS = JSON.parse(readFileSync(path, 'utf8')) as Vector[]

describe('words suggest the same here as on the server', () => {
  it.each(VECTORS)('$name', ({ text, words, expected }) => {
    const kinds = Object.entries(words).map(([code, words_zh]) => ({ code, name_zh: code, words_zh }))
    const found = findByWords(text, kinds)
    expect(found.map((one) => one.code)).toEqual(expected.map(([code]) => code))
    found.forEach((one, n) => expect(one.share).toBeCloseTo(expected[n]?.[1] ?? -1, 5))
  })

  it('takes the parts of the name where a matter has no words', () => {
    const kinds = [{ code: 'H101', name_zh: '疏散通道、楼梯间、走道堆物占用', words_zh: [] }]
    expect(findByWords('楼梯间有东西', kinds)).toEqual([{ code: 'H101', share: 3 / 7, words: ['楼梯间'] }])
  })
})
