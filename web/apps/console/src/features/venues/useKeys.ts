import { onBeforeUnmount, onMounted } from 'vue'

const TYPING = 'input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable], dialog'

/** Single keys of a page; none while somebody types. */
export function useKeys(keys: Record<string, () => void>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof Element && event.target.closest(TYPING)) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
