import { describe, expect, it } from 'vitest'
import { failedItems, score, visibleItems } from '../src'

const EXIT = { key: 'exit', weight: 2, visible_if: null }
const ALARM = { key: 'alarm', weight: 1, visible_if: null }
const BLOCKED_BY = { key: 'blocked_by', weight: 1, visible_if: { item: 'exit', ok: false } }
const LOCK = { key: 'lock', weight: 1, visible_if: { item: 'blocked_by', ok: false } }
const ITEMS = [LOCK, EXIT, ALARM, BLOCKED_BY]

const keys = (items: { key: string }[]) => items.map((item) => item.key)

describe('visible items', () => {
  it('hides a follow-up until its question is answered so', () => {
    expect(keys(visibleItems(ITEMS, {}))).toEqual(['exit', 'alarm'])
    expect(keys(visibleItems(ITEMS, { exit: true }))).toEqual(['exit', 'alarm'])
    expect(keys(visibleItems(ITEMS, { exit: false }))).toEqual(['exit', 'alarm', 'blocked_by'])
  })

  it('hides what hangs on a hidden item, whatever was answered before', () => {
    expect(keys(visibleItems(ITEMS, { exit: false, blocked_by: false }))).toEqual([
      'lock',
      'exit',
      'alarm',
      'blocked_by',
    ])
    expect(keys(visibleItems(ITEMS, { exit: true, blocked_by: false }))).toEqual(['exit', 'alarm'])
  })

  it('hides an item whose question does not exist, and items that wait for each other', () => {
    const lost = { key: 'lost', weight: 1, visible_if: { item: 'nowhere', ok: true } }
    const first = { key: 'first', weight: 1, visible_if: { item: 'second', ok: true } }
    const second = { key: 'second', weight: 1, visible_if: { item: 'first', ok: true } }
    expect(visibleItems([lost, first, second], { first: true, second: true, nowhere: true })).toEqual([])
  })
})

describe('score', () => {
  it('is the share of weight in order; what does not apply or is unanswered does not count', () => {
    expect(score([EXIT, ALARM], { exit: true, alarm: false })).toBeCloseTo(66.667, 2)
    expect(score([EXIT, ALARM], { exit: null, alarm: false })).toBe(0)
    expect(score([EXIT, ALARM], { exit: true })).toBe(100)
    expect(score([EXIT, ALARM], { exit: null, alarm: null })).toBe(100)
  })

  it('leaves hidden answers out', () => {
    expect(score(ITEMS, { exit: true, alarm: true, blocked_by: false })).toBe(100)
    expect(keys(failedItems(ITEMS, { exit: true, blocked_by: false }))).toEqual([])
    expect(keys(failedItems(ITEMS, { exit: false, blocked_by: false }))).toEqual(['exit', 'blocked_by'])
  })
})
