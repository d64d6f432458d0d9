/**
 * What the camera wrote into a JPEG, carried over to the picture that is drawn anew: without it nobody could compare
 * the time and the place of the photo with what is claimed (EV-1, EV-2).
 */

const START = 0xffd8
const APP1 = 0xffe1
const SCAN = 0xffda
const HEAD = [0x45, 0x78, 0x69, 0x66, 0, 0] // "Exif", 0, 0
const ORIENTATION = 0x0112
const UPRIGHT = 1

/** The EXIF segment of a JPEG, saying that the picture is upright; undefined where there is none. */
export function exifOf(jpeg: ArrayBuffer): Uint8Array<ArrayBuffer> | undefined {
  const view = new DataView(jpeg)
  if (view.byteLength < 4 || view.getUint16(0) !== START) return undefined
  for (let at = 2; at + 4 <= view.byteLength;) {
    const marker = view.getUint16(at)
    const length = 2 + view.getUint16(at + 2)
    if (marker < 0xff00 || marker === SCAN || at + length > view.byteLength) return undefined
    if (marker === APP1 && HEAD.every((byte, place) => view.getUint8(at + 4 + place) === byte)) {
      const segment = new Uint8Array(jpeg.slice(at, at + length))
      turnUpright(segment)
      return segment
    }
    at += length
  }
  return undefined
}

/** The JPEG with the segment behind its first two bytes. */
export function withExif(jpeg: ArrayBuffer, segment: Uint8Array<ArrayBuffer> | undefined): ArrayBuffer {
  if (!segment) return jpeg
  const joined = new Uint8Array(jpeg.byteLength + segment.byteLength)
  joined.set(new Uint8Array(jpeg, 0, 2))
  joined.set(segment, 2)
  joined.set(new Uint8Array(jpeg, 2), 2 + segment.byteLength)
  return joined.buffer
}

function turnUpright(segment: Uint8Array<ArrayBuffer>): void {
  const tiff = new DataView(segment.buffer, 4 + HEAD.length)
  try {
    const little = tiff.getUint16(0) === 0x4949
    const first = tiff.getUint32(4, little)
    const count = tiff.getUint16(first, little)
    for (let entry = first + 2; entry < first + 2 + 12 * count; entry += 12)
      if (tiff.getUint16(entry, little) === ORIENTATION) tiff.setUint16(entry + 8, UPRIGHT, little)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause // broken EXIF says nothing, also of the orientation
  }
}
