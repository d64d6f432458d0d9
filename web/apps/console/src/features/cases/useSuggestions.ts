import {
  call,
  listDuplicatesOfDraft,
  recordDecisions,
  suggestForDraft,
  type DecisionIn,
  type DraftIn,
  type DuplicateOut,
  type SuggestionOut,
} from '@wangge/api'
import { newId } from '@wangge/outbox/ids'
import { onScopeDispose, shallowRef, watch } from 'vue'

const PAUSE_MS = 400

/** Return whether a draft says enough to suggest from. */
export const saysEnough = (draft: DraftIn): boolean =>
  (draft.text ?? '').trim().length > 1 || (draft.venue_id ?? draft.lon ?? null) !== null

/**
 * What the server suggests for a report that is being written, asked for when the writer pauses. An answer to an
 * older draft is dropped; a failure leaves the last suggestion and never stands in the way of the report.
 */
export function useSuggestions(draft: () => DraftIn) {
  const suggestion = shallowRef<SuggestionOut>()
  const duplicates = shallowRef<DuplicateOut[]>([])
  const hasFailed = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(): Promise<void> {
    const mine = ++turn
    const body = draft()
    if (!saysEnough(body)) {
      suggestion.value = undefined
      duplicates.value = []
      return
    }
    try {
      const [one, others] = await Promise.all([call(suggestForDraft({ body })), call(listDuplicatesOfDraft({ body }))])
      if (mine !== turn) return
      suggestion.value = one
      duplicates.value = others
      hasFailed.value = false
    } catch {
      if (mine === turn) hasFailed.value = true
    }
  }

  watch(
    () => JSON.stringify(draft()),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), PAUSE_MS)
    },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { suggestion, duplicates, hasFailed, ask }
}

/** Return what is told of a decision: what was suggested; the server reads from the case what was chosen. */
export function toDecision(
  caseId: string,
  stage: DecisionIn['stage'],
  suggestion: SuggestionOut | undefined,
  duplicates: readonly DuplicateOut[],
  now: Date = new Date(),
): DecisionIn {
  return {
    id: newId(now.getTime()),
    case_id: caseId,
    at: now.toISOString(),
    stage,
    version: suggestion?.version ?? null,
    matters: suggestion?.matters.map((one) => one.code) ?? [],
    confidence: suggestion?.matters[0]?.confidence ?? null,
    severity: suggestion?.severity?.severity ?? null,
    department_id: suggestion?.department?.id ?? null,
    duplicates: duplicates.map((one) => one.id),
  }
}

/** Record a decision beside the work: it may fail without stopping anybody. */
export function recordDecision(decision: DecisionIn): void {
  call(recordDecisions({ body: [decision] })).catch((cause: unknown) => {
    console.warn('the decision was not recorded', cause)
  })
}
