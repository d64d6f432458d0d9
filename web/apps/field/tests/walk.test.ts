import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthM, walkOrder } from '../src/features/orders/walk'

const start = { lon: 118.3, lat: 31.3 }
const stop = fc.record({
  lon: fc.double({ min: 118.3, max: 118.32, noNaN: true }),
  lat: fc.double({ min: 31.3, max: 31.32, noNaN: true }),
})

describe('a walk', () => {
  it('goes to every door once, and no stretch of it walked the other way round would be shorter', () => {
    fc.assert(
      fc.property(fc.array(stop, { maxLength: 14 }), (stops) => {
        const walk = walkOrder(start, stops)
        expect(new Set(walk)).toEqual(new Set(stops))
        expect(walk).toHaveLength(stops.length)
        const length = lengthM(start, walk)
        for (let from = 0; from < walk.length; from += 1)
          for (let to = from + 1; to < walk.length; to += 1) {
            const turned = [...walk.slice(0, from), ...walk.slice(from, to + 1).reverse(), ...walk.slice(to + 1)]
            expect(lengthM(start, turned)).toBeGreaterThan(length - 1)
          }
      }),
    )
  })

  it('along a street goes up one side, not to and fro', () => {
    const street = [3, 1, 4, 2, 5].map((n) => ({ lon: 118.3, lat: 31.3 + n / 1_000, n }))
    expect(walkOrder(start, street).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
  })
})
