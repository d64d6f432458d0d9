/** What may go next. On one subject nothing overtakes; words go before the pictures of others. */

import type { Store } from './store'
import type { Entry } from './types'

/** So many commands go in one call. */
export const MOST_AT_ONCE = 50

/** Commands that a refusal of the one before does not touch: they may go together, whatever their subject. */
const LOOSE = new Set(['patrols.points'])

interface Candidate {
  entry: Entry
  /** Photos that have not arrived yet. */
  missing: string[]
}

/** The entries that nothing holds back: no earlier one on the same subject still waits, asks or rests. */
async function candidates(store: Store, isResting: (entry: Entry) => boolean): Promise<Candidate[]> {
  const entries = await store.commands.orderBy('seq').toArray()
  const arrived = await arrivedOf(store, entries)
  const held = new Set<string>()
  let isAnyBefore = false
  const found: Candidate[] = []
  for (const entry of entries) {
    const missing = entry.photos.filter((sha256) => !arrived.has(sha256))
    const isHeld = entry.subjects.some((one) => held.has(one)) || (entry.is_closing === true && isAnyBefore)
    const isFree = entry.state === 'waiting' && !isResting(entry) && !isHeld
    isAnyBefore ||= entry.is_aside !== true
    if (isFree) found.push({ entry, missing })
    const isLoose = isFree && missing.length === 0 && LOOSE.has(entry.command.kind)
    if (!isLoose) for (const subject of entry.subjects) held.add(subject)
  }
  return found
}

async function arrivedOf(store: Store, entries: readonly Entry[]): Promise<Set<string>> {
  if (entries.every(({ photos }) => photos.length === 0)) return new Set()
  return new Set(await store.photos.where('uploaded_at').aboveOrEqual(0).primaryKeys())
}

/** The commands that may go now, oldest first: all their photos are there. */
export async function nextBatch(
  store: Store,
  isResting: (entry: Entry) => boolean,
  most: number = MOST_AT_ONCE,
): Promise<Entry[]> {
  const found = await candidates(store, isResting)
  return found
    .filter(({ missing }) => missing.length === 0)
    .slice(0, most)
    .map(({ entry }) => entry)
}

/** The photo that the oldest command waits for. */
export async function nextPhoto(
  store: Store,
  isResting: (entry: Entry) => boolean,
): Promise<{ entry: Entry; sha256: string } | undefined> {
  for (const { entry, missing } of await candidates(store, isResting)) {
    const [sha256] = missing
    if (sha256 !== undefined) return { entry, sha256 }
  }
  return undefined
}
