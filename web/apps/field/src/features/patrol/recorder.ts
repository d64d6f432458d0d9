/** Positions on duty: watched, gathered, handed to the outbox in batches. Nothing is kept off duty. */

/** [milliseconds since 1970, lon, lat, accuracy in metres, made up 0 or 1], as the house takes them. */
export type TrackPoint = [number, number, number, number, number]

export const EVERY_MS = 5_000
export const A_BATCH = 60
export const LONGEST_MS = 120_000

export interface Recorder {
  add(point: TrackPoint): void
  flush(): void
  /**
   * Points that were gathered before the app was closed or killed: they go before all others. `lastMs`: the moment of
   * the last one ever gathered; the phone may tell the same position again.
   */
  restore(before: readonly TrackPoint[], lastMs: number): void
  readonly waiting: number
}

/**
 * Gather points: at most one in five seconds; a batch goes when it is full or two minutes old. A phone that stands
 * still sends one point a minute, so that the minutes count and the battery lasts.
 */
export function makeRecorder(
  hand: (points: TrackPoint[]) => void,
  keep: (points: readonly TrackPoint[]) => void = () => undefined,
): Recorder {
  let points: TrackPoint[] = []
  let last: TrackPoint | undefined
  let latestMs = 0

  function flush(): void {
    if (points.length === 0) return
    hand(points)
    points = []
  }
  return {
    add(point) {
      if (point[0] <= latestMs || (last && point[0] - last[0] < EVERY_MS)) return
      if (last && isStill(last, point) && point[0] - last[0] < 60_000) return
      last = point
      latestMs = point[0]
      points.push(point)
      keep([...points])
      const first = points[0]
      if (points.length >= A_BATCH || (first && point[0] - first[0] >= LONGEST_MS)) flush()
    },
    flush,
    restore(before, lastMs) {
      latestMs = Math.max(latestMs, lastMs)
      points = [...before, ...points]
      flush()
    },
    get waiting() {
      return points.length
    },
  }
}

const STILL = 0.00003 // degrees, about three metres

const isStill = (one: TrackPoint, other: TrackPoint): boolean =>
  Math.abs(one[1] - other[1]) < STILL && Math.abs(one[2] - other[2]) < STILL
