import type { CaseRow } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { BATCHES } from '../src/features/cases/batch'
import { cutIntoBlocks, LINES_A_BLOCK } from '../src/features/cases/blocks'
import { keysOfCase, keysOfList } from '../src/features/cases/keyLines'
import zh from '../../../locales/console/zh-CN.json'
import cases from '../../../locales/console/cases/zh-CN.json'

const rows = (count: number, department: (n: number) => string | null = () => null): CaseRow[] =>
  Array.from({ length: count }, (_, n) => ({ id: `c${n}`, department_name: department(n) }) as CaseRow)

describe('a long list in blocks', () => {
  it('loses no line, keeps the order and counts what stands above', () => {
    const blocks = cutIntoBlocks(rows(45), false, '')
    expect(blocks.map((one) => [one.before, one.rows.length])).toEqual([
      [0, LINES_A_BLOCK],
      [20, 20],
      [40, 5],
    ])
    expect(blocks.flatMap((one) => one.rows.map(({ id }) => id))).toEqual(rows(45).map(({ id }) => id))
    expect(blocks.every((one) => one.head === undefined)).toBe(true)
  })

  it('gives a group its head once, with all of its lines counted', () => {
    const blocks = cutIntoBlocks(
      rows(50, (n) => (n % 2 ? '消防' : null)),
      true,
      '无',
    )
    expect(blocks.map((one) => one.head)).toEqual([
      { name: '无', count: 25 },
      undefined,
      { name: '消防', count: 25 },
      undefined,
    ])
    expect(new Set(blocks.map((one) => one.key)).size).toBe(4)
    expect(blocks.map((one) => one.before)).toEqual([0, 20, 25, 45])
  })
})

describe('the help of the keyboard', () => {
  const said = (key: string): unknown =>
    key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], { ...zh, ...cases })

  it('names every key once, in words that are there', () => {
    for (const lines of [keysOfList(BATCHES), keysOfCase(BATCHES)]) {
      const keys = lines.flatMap((line) => line.keys)
      expect(new Set(keys).size).toBe(keys.length)
      for (const { says } of lines) expect(said(says), says).toBeTypeOf('string')
    }
  })

  it('offers no selection to whoever has no batch', () => {
    expect(keysOfList([]).flatMap(({ keys }) => keys)).not.toContain('x')
  })
})
