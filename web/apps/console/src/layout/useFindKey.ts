import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Whether something is looked for: Ctrl-K or ⌘K anywhere begins it. */
export function useFindKey(): Ref<boolean> {
  const isFinding = ref(false)
  function onKey(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    isFinding.value = true
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
  return isFinding
}
