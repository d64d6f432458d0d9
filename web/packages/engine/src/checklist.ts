/** Which items of a checklist count, and what they score. Pure: the same vectors run here and in the server. */

export interface Condition {
  item: string
  ok: boolean
}

export interface Item {
  key: string
  zh: string
  en: string
  matter_code: string
  clause: string
  weight: number
  is_key: boolean
  photo_when_failed: boolean
  on_spot_required: boolean
  visible_if: Condition | null
}

/** What decides visibility and score; the rest of an item is text. */
export type ItemRule = Pick<Item, 'key' | 'weight'> & { visible_if?: Condition | null }

/** Item key → true (in order), false (failed), null (does not apply here). A key that is not there is unanswered. */
export type Answered = Readonly<Record<string, boolean | null | undefined>>

/** Items whose condition holds. An item that hangs on a hidden one is hidden too. */
export function visibleItems<T extends ItemRule>(items: readonly T[], answered: Answered): T[] {
  const shown = new Set<string>()
  const known = new Set(items.map((item) => item.key))
  let grew = true
  while (grew) {
    grew = false
    for (const item of items) {
      if (shown.has(item.key) || !holds(item.visible_if, answered, shown, known)) continue
      shown.add(item.key)
      grew = true
    }
  }
  return items.filter((item) => shown.has(item.key))
}

function holds(
  condition: Condition | null | undefined,
  answered: Answered,
  shown: ReadonlySet<string>,
  known: ReadonlySet<string>,
): boolean {
  if (!condition) return true
  if (!known.has(condition.item) || !shown.has(condition.item)) return false
  return answered[condition.item] === condition.ok
}

export function failedItems<T extends ItemRule>(items: readonly T[], answered: Answered): T[] {
  return visibleItems(items, answered).filter((item) => answered[item.key] === false)
}

/** Per cent of the weight of answered, applicable, visible items that are in order; 100 when none applies. */
export function score(items: readonly ItemRule[], answered: Answered): number {
  let reached = 0
  let possible = 0
  for (const item of visibleItems(items, answered)) {
    const answer = answered[item.key]
    if (answer === null || answer === undefined) continue
    possible += item.weight
    if (answer) reached += item.weight
  }
  return possible === 0 ? 100 : (reached / possible) * 100
}
