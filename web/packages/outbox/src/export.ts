/** The unsent as a file, for when all else fails. */

import type { Store } from './store'
import type { Command, Draft, Refusal } from './types'

export interface UnsentFile {
  format: 'wangge-outbox/1'
  person: string
  made_at: string
  commands: { command: Command; label: string; refusal: Refusal | null; photos: string[] }[]
  drafts: Draft[]
  photos: { sha256: string; media_type: string; base64: string }[]
}

export async function unsentFile(store: Store): Promise<UnsentFile> {
  const entries = await store.commands.orderBy('seq').toArray()
  const drafts = await store.drafts.toArray()
  const photos = await store.photos.toArray()
  return {
    format: 'wangge-outbox/1',
    person: store.name,
    made_at: new Date().toISOString(),
    commands: entries.map(({ command, label, refusal, photos: digests }) => ({
      command,
      label,
      refusal,
      photos: digests,
    })),
    drafts,
    photos: photos.map(({ sha256, media_type, bytes }) => ({ sha256, media_type, base64: base64Of(bytes) })),
  }
}

function base64Of(bytes: ArrayBuffer): string {
  let text = ''
  const view = new Uint8Array(bytes)
  for (let start = 0; start < view.length; start += 0x8000) {
    text += String.fromCharCode(...view.subarray(start, start + 0x8000))
  }
  return btoa(text)
}
