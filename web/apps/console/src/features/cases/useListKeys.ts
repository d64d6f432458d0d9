import type { CaseRow } from '@wangge/api'
import { onActivated, onBeforeUnmount, onDeactivated, onMounted, ref } from 'vue'
import { BATCHES, type Key } from './batch'

interface Doing {
  rows: () => readonly CaseRow[]
  show: (id: string) => void
  open: (id: string) => void
  choose: (row: CaseRow) => void
  chooseAll: () => void
  act: (key: Key) => void
  turn: () => void
  refresh: () => void
  search: () => void
  help: () => void
  isBlocked: () => boolean
}

const TYPING = 'input, textarea, select, [contenteditable], [role="combobox"], dialog, [role="dialog"]'

/** Return the next row for a step down (1) or up (-1); it stays inside the list. */
export function moveIn(ids: readonly string[], current: string | undefined, by: 1 | -1): string | undefined {
  const place = current === undefined ? -1 : ids.indexOf(current)
  if (place < 0) return ids[0]
  return ids[Math.min(ids.length - 1, Math.max(0, place + by))]
}

/** The keyboard of the list; `KeyHelp` names each key. */
export function useListKeys(doing: Doing) {
  const current = ref<string>()

  function move(by: 1 | -1): void {
    current.value = moveIn(
      doing.rows().map((row) => row.id),
      current.value,
      by,
    )
    if (current.value) doing.show(current.value)
  }

  const keys: Record<string, () => void> = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    x: () => {
      const row = doing.rows().find((one) => one.id === current.value)
      if (row) doing.choose(row)
    },
    X: doing.chooseAll,
    ...Object.fromEntries(BATCHES.map(({ key }) => [key, () => doing.act(key)])),
    v: doing.turn,
    r: doing.refresh,
    '/': doing.search,
    '?': doing.help,
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || doing.isBlocked()) return
    const target = event.target as HTMLElement
    if (target.closest(TYPING) && !target.matches('input[type="checkbox"]')) return
    if (event.key === 'Enter') {
      if (current.value && !target.closest('a, button, [role="tab"]')) doing.open(current.value)
      return
    }
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  const listen = (): void => document.addEventListener('keydown', onKey)
  const rest = (): void => document.removeEventListener('keydown', onKey)
  onMounted(listen)
  onActivated(listen)
  onDeactivated(rest)
  onBeforeUnmount(rest)
  return { current }
}
