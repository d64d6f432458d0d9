/** Identifiers made on the phone: a retry is the same row. */

/** A fresh UUIDv7 of the moment `at` (milliseconds since 1970). */
export function newId(at: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let milliseconds = at
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = milliseconds % 256
    milliseconds = Math.floor(milliseconds / 256)
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return `${hex(bytes.slice(0, 4))}-${hex(bytes.slice(4, 6))}-${hex(bytes.slice(6, 8))}-${hex(bytes.slice(8, 10))}-${hex(bytes.slice(10))}`
}

export async function sha256Of(bytes: ArrayBuffer): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
