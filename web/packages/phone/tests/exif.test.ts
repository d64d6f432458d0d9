import { describe, expect, it } from 'vitest'
import { exifOf, withExif } from '../src/exif'

const bytes = (...parts: number[]): ArrayBuffer => new Uint8Array(parts).buffer

/** A TIFF with one entry: the orientation. */
const tiff = (orientation: number, little: boolean): number[] => {
  const two = (value: number): number[] => (little ? [value & 255, value >> 8] : [value >> 8, value & 255])
  const four = (value: number): number[] => (little ? [...two(value), 0, 0] : [0, 0, ...two(value)])
  const order = little ? 0x49 : 0x4d
  return [
    order,
    order,
    ...two(42),
    ...four(8),
    ...two(1),
    ...two(0x112),
    ...two(3),
    ...four(1),
    ...two(orientation),
    0,
    0,
  ]
}
const segment = (body: number[]): number[] => {
  const whole = [0x45, 0x78, 0x69, 0x66, 0, 0, ...body]
  return [0xff, 0xe1, 0, whole.length + 2, ...whole]
}
const JFIF = [0xff, 0xe0, 0, 4, 1, 1]
const photo = (...segments: number[][]): ArrayBuffer => bytes(0xff, 0xd8, ...segments.flat(), 0xff, 0xda, 0, 2, 7, 7)
const drawn = photo(JFIF)

describe('what the camera wrote', () => {
  it.each([true, false])('is carried over and says that the picture is upright', (little) => {
    const found = exifOf(photo(JFIF, segment(tiff(6, little))))
    const upright = segment(tiff(1, little))
    expect([...(found ?? [])]).toEqual(upright)
    expect([...new Uint8Array(withExif(drawn, found))]).toEqual([...new Uint8Array(photo(upright, JFIF))])
  })

  it('is nothing where the camera wrote nothing, or the file is no JPEG', () => {
    for (const none of [drawn, bytes(), bytes(0x89, 0x50, 0x4e, 0x47, 1), photo([0xff, 0xe1, 0xff, 0xff, 1])])
      expect(exifOf(none)).toBeUndefined()
    expect(withExif(drawn, undefined)).toBe(drawn)
  })

  it('is carried over as it is where it is broken', () => {
    const broken = segment([0x49, 0x49, 42, 0, 255, 255, 255, 255])
    expect([...(exifOf(photo(broken)) ?? [])]).toEqual(broken)
  })
})
