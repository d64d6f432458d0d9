import { onBeforeUnmount, onMounted } from 'vue'

const TYPING = 'input, textarea, select, dialog, [contenteditable], [role="combobox"], [role="dialog"]'

/** The keyboard of a page: what each key does, unless somebody is writing or a dialog is open. */
export function useCaseKeys(keys: () => Readonly<Record<string, () => void>>, isBlocked: () => boolean): void {
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isBlocked()) return
    if ((event.target as HTMLElement).closest(TYPING)) return
    const act = keys()[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
