import {
  call,
  listDuplicatesOfDraft,
  suggestForDraft,
  type DecisionIn,
  type DuplicateOut,
  type MatterOut,
  type SuggestionOut,
} from '@wangge/api'
import { findByWords } from '@wangge/engine'
import { computed, onBeforeUnmount, shallowRef, watch } from 'vue'
import type { Report } from './useReport'

const PAUSE_MS = 600
const MOST = 3
type Suggested = Pick<DecisionIn, 'version' | 'matters' | 'confidence' | 'duplicates'>

export interface Hint {
  code: string
  pct: number
  why: { zh: string; en: string }[]
}

/**
 * What a report that is being written suggests: by the words on the phone at once and without a network, by the
 * server when it answers. A failure is no fault here: the words remain.
 */
export function useSuggestions(report: () => Report, matters: () => readonly MatterOut[], channel: () => string) {
  const told = shallowRef<{ text: string; suggestion: SuggestionOut; duplicates: DuplicateOut[] }>()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    const { text, matter, place } = report()
    if (text.trim().length < 2 || !navigator.onLine) return
    const body = {
      text,
      matter_code: matter,
      channel: channel() === 'citizen' ? ('citizen' as const) : ('patrol' as const),
      lon: place?.lon ?? null,
      lat: place?.lat ?? null,
    }
    try {
      const [suggestion, duplicates] = await Promise.all([
        call(suggestForDraft({ body })),
        call(listDuplicatesOfDraft({ body })),
      ])
      if (report().text === text) told.value = { text, suggestion, duplicates }
    } catch {
      told.value = undefined
    }
  }

  watch(
    () => JSON.stringify([report().text, report().matter, report().place]),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), PAUSE_MS)
    },
  )
  onBeforeUnmount(() => clearTimeout(timer))

  const fresh = computed(() => (told.value?.text === report().text ? told.value : undefined))
  const hints = computed<Hint[]>(() => {
    if (fresh.value) {
      return fresh.value.suggestion.matters.map((one) => ({
        code: one.code,
        pct: Math.round(one.confidence * 100),
        why: one.reasons,
      }))
    }
    return findByWords(report().text, matters())
      .slice(0, MOST)
      .map((one) => ({
        code: one.code,
        pct: Math.round(one.share * 100),
        why: one.words.map((word) => ({ zh: `“${word}”`, en: `“${word}”` })),
      }))
  })
  const duplicates = computed(() => fresh.value?.duplicates ?? [])

  /** Return what was suggested, to go after the report; nothing where nothing was. The server reads what was chosen. */
  function suggested(): Suggested | undefined {
    const [first] = hints.value
    if (!first) return undefined
    return {
      version: fresh.value?.suggestion.version ?? null,
      matters: hints.value.map((one) => one.code),
      confidence: first.pct / 100,
      duplicates: duplicates.value.map((one) => one.id),
    }
  }
  return { hints, duplicates, suggested }
}
