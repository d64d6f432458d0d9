import { describe, expect, it } from 'vitest'
import { A_BATCH, EVERY_MS, makeRecorder, type TrackPoint } from '../src/features/patrol/recorder'

const at = (n: number, ms = n * EVERY_MS): TrackPoint => [ms, 118 + n / 1_000, 31, 5, 0]

describe('a track', () => {
  it('is kept at every point, and handed over when it is full', () => {
    const handed: TrackPoint[][] = []
    const kept: number[] = []
    const recorder = makeRecorder(
      (points) => handed.push(points),
      (points) => kept.push(points.length),
    )
    for (let n = 1; n <= 25; n += 1) recorder.add(at(n))
    expect(kept.slice(0, 3)).toEqual([1, 2, 3])
    expect(handed.flat().length + recorder.waiting).toBe(25)
    expect(A_BATCH).toBeGreaterThan(25)
    recorder.flush()
    expect(handed.flat()).toEqual(Array.from({ length: 25 }, (_, n) => at(n + 1)))
  })

  it('goes on after the app was killed, and takes no position twice', () => {
    const handed: TrackPoint[][] = []
    const recorder = makeRecorder((points) => handed.push(points))
    recorder.restore([at(1), at(2)], at(2)[0])
    recorder.add(at(2)) // the phone tells the last position again
    recorder.add(at(3))
    recorder.flush()
    expect(handed).toEqual([[at(1), at(2)], [at(3)]])
  })
})
