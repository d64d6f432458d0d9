/** Room on the phone: what is kept for convenience goes before anything that a person made. */

import { savePhoto, type Store } from '@wangge/outbox'

/** The browser said that there is no room: Dexie wraps it, and a broken transaction carries it inside. */
export function isFull(cause: unknown): boolean {
  const { name, inner } = (cause ?? {}) as { name?: string; inner?: unknown }
  return name === 'QuotaExceededError' || (inner !== undefined && inner !== cause && isFull(inner))
}

/** Keep a picture; on a full phone what was only read goes first, then it is tried once more. */
export async function keepPicture(store: Store, bytes: ArrayBuffer, mediaType: string): Promise<string> {
  try {
    return await savePhoto(store, bytes, mediaType)
  } catch (cause) {
    if (!isFull(cause)) throw cause
    await store.kept.clear()
    return savePhoto(store, bytes, mediaType)
  }
}
