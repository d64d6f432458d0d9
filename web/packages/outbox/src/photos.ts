/** Photos by the digest of their bytes, apart from the commands that speak of them. */

import { sha256Of } from './ids'
import type { Store } from './store'

const DAY_MS = 86_400_000

/** Keep a photo and return its sha256. The same bytes twice are one photo. */
export async function savePhoto(
  store: Store,
  bytes: ArrayBuffer,
  mediaType: string,
  now: number = Date.now(),
): Promise<string> {
  const sha256 = await sha256Of(bytes)
  await store.transaction('rw', store.photos, async () => {
    if (await store.photos.get(sha256)) return
    await store.photos.add({ sha256, bytes, media_type: mediaType, saved_at: now, uploaded_at: null })
  })
  return sha256
}

/** Remove those of `digests` that no command and no draft speaks of any more. */
export async function dropUnused(store: Store, digests: readonly string[]): Promise<void> {
  await store.transaction('rw', store.photos, store.commands, store.drafts, async () => {
    for (const sha256 of digests) {
      const commands = await store.commands.where('photos').equals(sha256).count()
      const drafts = await store.drafts.where('photos').equals(sha256).count()
      if (commands + drafts === 0) await store.photos.delete(sha256)
    }
  })
}

/** Remove photos that were taken more than a day ago and never came into a draft or a command. */
export async function sweepPhotos(store: Store, now: number = Date.now()): Promise<void> {
  const old = await store.photos
    .where('saved_at')
    .below(now - DAY_MS)
    .primaryKeys()
  await dropUnused(store, old)
}
