import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Answered, type ItemRule, score, visibleItems } from '../src'

interface Vector<T> {
  name: string
  items: ItemRule[]
  answers: Answered
  expected: T
}

function vectors<T>(name: string): Vector<T>[] {
  const path = join(import.meta.dirname, `../../../../contracts/vectors/${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as Vector<T>[]
}

describe('the vectors that the server passes too', () => {
  it.each(vectors<string[]>('visibility'))('visibility: $name', ({ items, answers, expected }) => {
    expect(visibleItems(items, answers).map((item) => item.key)).toEqual(expected)
  })

  it.each(vectors<number>('scoring'))('score: $name', ({ items, answers, expected }) => {
    expect(score(items, answers)).toBeCloseTo(expected, 6)
  })
})
