/** A short walk over what can be done now, found on the phone itself: straight lines, as OR-24 does on the server. */

import { distanceM } from '@wangge/phone'

interface Point {
  lon: number
  lat: number
}

/** More are walked in parts: beyond so many the nearest first is good enough. */
const MOST = 80

export function lengthM(start: Point, stops: readonly Point[]): number {
  return stops.reduce((sum, stop, n) => sum + distanceM(stops[n - 1] ?? start, stop), 0)
}

function nearestFirst<T extends Point>(start: Point, stops: readonly T[]): T[] {
  const left = [...stops]
  const walk: T[] = []
  let here: Point = start
  while (left.length > 0) {
    const from = here
    const far = left.map((stop) => distanceM(from, stop))
    const [next] = left.splice(far.indexOf(Math.min(...far)), 1)
    if (!next) break
    walk.push(next)
    here = next
  }
  return walk
}

/** Turn a stretch round wherever that makes the walk shorter, until nothing does (2-opt). It need not come back. */
function untangle<T extends Point>(start: Point, walk: T[]): T[] {
  for (let isShorter = true; isShorter;) {
    isShorter = false
    for (let from = 0; from < walk.length - 1; from += 1) {
      for (let to = from + 1; to < walk.length; to += 1) {
        const [before, first, last, after] = [walk[from - 1] ?? start, walk[from], walk[to], walk[to + 1]]
        if (!first || !last) continue
        const now = distanceM(before, first) + (after ? distanceM(last, after) : 0)
        const turned = distanceM(before, last) + (after ? distanceM(first, after) : 0)
        if (turned < now - 0.5) {
          walk.splice(from, to - from + 1, ...walk.slice(from, to + 1).reverse())
          isShorter = true
        }
      }
    }
  }
  return walk
}

export function walkOrder<T extends Point>(start: Point, stops: readonly T[]): T[] {
  const walk = nearestFirst(start, stops)
  return walk.length <= MOST ? untangle(start, walk) : walk
}
