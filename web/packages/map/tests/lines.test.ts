import { describe, expect, it } from 'vitest'
import { halvingLine, lineText, readLine } from '../src/lines'

describe('lines without a pointer', () => {
  it('cuts a box in its middle and sticks out at both ends', () => {
    expect(halvingLine([118, 31, 118.2, 31.1], 'down')).toEqual([
      [118.1, expect.closeTo(30.99, 9)],
      [118.1, expect.closeTo(31.11, 9)],
    ])
    expect(halvingLine([118, 31, 118.2, 31.1], 'across')[0]?.[0]).toBeCloseTo(117.98, 9)
  })
  it('reads pairs with Chinese and Latin marks, and back again', () => {
    expect(readLine('118.1, 31.2；118.3，31.4')).toEqual([
      [118.1, 31.2],
      [118.3, 31.4],
    ])
    expect(
      readLine(
        lineText([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
  it('says nothing of what is no line', () => {
    for (const text of ['', '118,31', '118,31;a,b', '200,31;1,1']) expect(readLine(text)).toBeUndefined()
  })
})
