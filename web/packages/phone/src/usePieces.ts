import { computed, onScopeDispose, ref, watch, type ComputedRef } from 'vue'

/** A long list is drawn in pieces: between two of them a cheap phone answers fingers. */
const FIRST = 6
const PIECE = 10

/** How many of `total()` rows may be drawn by now. */
export function usePieces(total: () => number): ComputedRef<number> {
  const most = ref(FIRST)
  let isGone = false

  function grow(): void {
    if (isGone || most.value >= total()) return
    most.value += PIECE
    requestAnimationFrame(() => setTimeout(grow))
  }
  watch(total, () => requestAnimationFrame(() => setTimeout(grow)), { immediate: true })
  onScopeDispose(() => (isGone = true))
  return computed(() => Math.min(most.value, total()))
}
