import type { CaseRow } from '@wangge/api'
import { groupRows } from './useListLook'

/** As many lines as are drawn or left out together. */
export const LINES_A_BLOCK = 20

/** Lines that stand together; the first block of a group has the group's head. */
export interface Block {
  key: string
  head: { name: string; count: number } | undefined
  rows: CaseRow[]
  before: number // how many lines stand above
}

/** Cut the list into blocks, so that a page draws what is near the screen and not four hundred lines. */
export function cutIntoBlocks(rows: readonly CaseRow[], isGrouped: boolean, nobody: string): Block[] {
  let before = 0
  return groupRows(rows, isGrouped, nobody).flatMap(({ name, rows: mine }) => {
    const parts: Block[] = []
    for (let first = 0; first < mine.length; first += LINES_A_BLOCK) {
      const head = first === 0 && name !== undefined ? { name, count: mine.length } : undefined
      const part = mine.slice(first, first + LINES_A_BLOCK)
      parts.push({ key: `${name ?? ''} ${first}`, head, rows: part, before })
      before += part.length
    }
    return parts
  })
}
