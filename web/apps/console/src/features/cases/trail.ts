import { shallowRef } from 'vue'

/** The cases of the last list in their order, so that a case page can go to its neighbours. */
const trail = shallowRef<readonly string[]>([])

/** The address of that list with its filters: where "back" leads. */
export const listAddress = shallowRef('/cases')

export const leaveTrail = (ids: readonly string[]): void => {
  trail.value = ids
}

export interface Neighbours {
  previous: string | undefined
  next: string | undefined
  place: number
  count: number
}

/** Return who stands before and after `id`; nothing when the case is not in the trail (a deep link). */
export function neighboursOf(id: string, ids: readonly string[] = trail.value): Neighbours | undefined {
  const place = ids.indexOf(id)
  if (place < 0) return undefined
  return { previous: ids[place - 1], next: ids[place + 1], place: place + 1, count: ids.length }
}
