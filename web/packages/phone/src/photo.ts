import { exifOf, withExif } from './exif'

// exifr comes when the first photo is taken: the first page does not need it.
const exif = () => import('exifr')

const LONGEST_PX = 1600
const QUALITY = 0.8

export interface Taken {
  bytes: ArrayBuffer
  /** When the camera says it was taken; when the file was written where it says nothing. */
  at: Date
}

/** The size that fits into the longest side, never larger than it was. */
export function fit(width: number, height: number, longest: number = LONGEST_PX): [number, number] {
  const share = Math.min(1, longest / Math.max(width, height))
  return [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))]
}

/** Cut a line to what fits, so that a long address does not run out of the picture. */
export function cutTo(line: string, width: number, measure: (text: string) => number): string {
  if (measure(line) <= width) return line
  let end = line.length
  while (end > 1 && measure(`${line.slice(0, end)}…`) > width) end -= 1
  return `${line.slice(0, end)}…`
}

async function takenAt(file: File): Promise<Date> {
  const written = new Date(file.lastModified)
  try {
    const { parse } = await exif()
    const found = (await parse(file, ['DateTimeOriginal'])) as { DateTimeOriginal?: unknown } | undefined
    const at = found?.DateTimeOriginal
    return at instanceof Date && !Number.isNaN(at.getTime()) ? at : written
  } catch {
    return written // a picture without readable EXIF is still a picture
  }
}

export async function placeOf(file: File): Promise<{ lon: number; lat: number } | undefined> {
  try {
    const { gps } = await exif()
    const found = await gps(file)
    return Number.isFinite(found?.longitude) ? { lon: found.longitude, lat: found.latitude } : undefined
  } catch {
    return undefined
  }
}

/** EXIF first (drawing anew loses it), then a smaller JPEG with time, place and name burnt in, and the EXIF again. */
export async function makePhoto(file: File, mark: (at: Date) => string[]): Promise<Taken> {
  const at = await takenAt(file)
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const canvas = document.createElement('canvas')
  const [width, height] = fit(picture.width, picture.height)
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser cannot draw pictures')
  pen.drawImage(picture, 0, 0, width, height)
  picture.close()
  burnIn(pen, mark(at), width, height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
  if (!blob) throw new Error('this browser cannot make a JPEG')
  return { bytes: withExif(await blob.arrayBuffer(), exifOf(await file.arrayBuffer())), at }
}

function burnIn(pen: CanvasRenderingContext2D, lines: string[], width: number, height: number): void {
  const size = Math.max(12, Math.round(Math.max(width, height) / 48))
  const gap = Math.round(size * 0.5)
  const high = lines.length * (size + gap) + gap
  pen.fillStyle = 'rgb(0 0 0 / 55%)'
  pen.fillRect(0, height - high, width, high)
  pen.fillStyle = '#fff'
  pen.font = `${size}px sans-serif`
  pen.textBaseline = 'top'
  lines.forEach((line, index) => {
    const text = cutTo(line, width - 2 * gap, (part) => pen.measureText(part).width)
    pen.fillText(text, gap, height - high + gap + index * (size + gap))
  })
}
