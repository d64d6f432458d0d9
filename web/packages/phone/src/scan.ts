/** Codes on doors: read by the phone itself where it can, otherwise by a decoder that comes when it is needed. */

export type Picture = HTMLVideoElement | HTMLCanvasElement | ImageBitmap
export type Reader = (picture: Picture) => Promise<string | undefined>

interface Detector {
  detect(picture: Picture): Promise<{ rawValue: string }[]>
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

/** A picture is made so small before it is searched: a cheap phone reads it in some 30 ms. */
const LONGEST_PX = 800

async function nativeReader(): Promise<Reader | undefined> {
  const found = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const known = (await found?.getSupportedFormats().catch(() => undefined)) ?? []
  if (!found || !known.includes('qr_code')) return undefined
  const detector = new found({ formats: ['qr_code'] })
  return async (picture) => (await detector.detect(picture))[0]?.rawValue
}

const sizeOf = (picture: Picture): [number, number] =>
  picture instanceof HTMLVideoElement ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height]

async function ownReader(): Promise<Reader> {
  const { default: decode } = await import('jsqr')
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  return (picture) => {
    const [width, height] = sizeOf(picture)
    const share = Math.min(1, LONGEST_PX / Math.max(width, height, 1))
    canvas.width = Math.round(width * share)
    canvas.height = Math.round(height * share)
    if (!pen || canvas.width === 0 || canvas.height === 0) return Promise.resolve(undefined)
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
    return Promise.resolve(decode(data, canvas.width, canvas.height)?.data)
  }
}

export async function makeReader(): Promise<Reader> {
  return (await nativeReader()) ?? (await ownReader())
}

const LETTERS = /^[0-9A-HJKMNP-TV-Z]{12}$/

/** The code of a plate in what was scanned (its address) or typed; "" where there is none. As PL-1 forgives. */
export function plateCodeOf(text: string): string {
  const last = text.trim().replace(/\/+$/, '').split('/').pop() ?? ''
  const code = last
    .replace(/[\s-]+/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return LETTERS.test(code) ? code : ''
}
