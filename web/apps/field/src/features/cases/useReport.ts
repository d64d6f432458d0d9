import { call, listMatters, type MatterOut, type VenueDetail } from '@wangge/api'
import { readDraft, saveDraft } from '@wangge/outbox'
import { readKept, useKept, useQueue } from '@wangge/phone'
import { computed, ref, shallowRef } from 'vue'

export type PlaceFrom = 'position' | 'grid' | 'typed' | 'photo' | 'venue'

export interface Place {
  from: PlaceFrom
  lon: number
  lat: number
}

export interface Report {
  matter: string
  text: string
  address: string
  photos: string[]
  place: Place | null
  /** The place of the register that it is about. */
  venue: { id: string; name: string } | null
}

export const EMPTY: Report = { matter: '', text: '', address: '', photos: [], place: null, venue: null }
export const DRAFT = 'report'

export interface MatterGroup {
  code: string
  zh: string
  en: string
  matters: MatterOut[]
}

/** Group the matters in the order in which they came. */
export function groupMatters(all: readonly MatterOut[]): MatterGroup[] {
  const groups = new Map<string, MatterGroup>()
  for (const matter of all) {
    const { group_code: code, group_zh: zh, group_en: en } = matter
    const group = groups.get(code) ?? { code, zh, en, matters: [] }
    group.matters.push(matter)
    groups.set(code, group)
  }
  return [...groups.values()]
}

export type ReportLack = 'matter' | 'said' | 'place'

/** What lacks: a matter, a word or a picture of it, and where it is. */
export function lacksOf({ matter, text, photos, place }: Report): ReportLack[] {
  const lacks: ReportLack[] = []
  if (matter === '') lacks.push('matter')
  if (text.trim() === '' && photos.length === 0) lacks.push('said')
  if (!place) lacks.push('place')
  return lacks
}

export function useMatters() {
  const list = useKept<MatterOut[]>(
    () => 'matters',
    () => call(listMatters()),
  )
  void list.run()
  return { ...list, groups: computed(() => groupMatters(list.data.value ?? [])) }
}

export function draftOf(payload: Readonly<Record<string, unknown>>): Report {
  const { matter_code, text, address, photos, lon, lat, venue_id } = payload
  const words = (value: unknown): string => (typeof value === 'string' ? value : '')
  const digests = Array.isArray(photos) ? photos.filter((each): each is string => typeof each === 'string') : []
  const place: Place | null = typeof lon === 'number' && typeof lat === 'number' ? { from: 'typed', lon, lat } : null
  const venue = typeof venue_id === 'string' ? { id: venue_id, name: words(address) } : null
  return { matter: words(matter_code), text: words(text), address: words(address), photos: digests, place, venue }
}

/** The report that is being written, kept at every touch. */
export function useReport() {
  const queue = useQueue()
  const report = shallowRef<Report>(EMPTY)
  const isReady = ref(false)
  let writing: Promise<unknown> = Promise.resolve()

  /** The draft; or, to mend it, the report that the server refused: then the refused command goes. */
  async function read(refusedId?: string): Promise<void> {
    const refused = queue.entries.find((entry) => entry.id === refusedId && entry.state === 'asking')
    if (refused) {
      await saveDraft(queue.its(), DRAFT, draftOf(refused.command.payload), refused.photos)
      await queue.giveUp(refused.id)
    }
    const kept = await readDraft(queue.its(), DRAFT)
    report.value = kept ? { ...EMPTY, ...(kept.value as Partial<Report>) } : EMPTY
    isReady.value = true
  }

  function change(part: Partial<Report>): void {
    const next = { ...report.value, ...part }
    report.value = next
    writing = writing.then(() => saveDraft(queue.its(), DRAFT, next, next.photos)).catch(console.error)
  }

  /** The report is about a place of the register: the phone knows where that is. */
  async function begin(venueId: string): Promise<void> {
    const known = await readKept<VenueDetail>(`venue:${venueId}`)
    if (!known) return
    const { name, address, lon, lat } = known.value
    change({ venue: { id: venueId, name }, address, place: { from: 'venue', lon, lat } })
  }
  return { report, isReady, read, begin, change, settled: () => writing }
}
