import type { CaseRow } from '@wangge/api'
import { ref, watch } from 'vue'

export const COLUMNS = ['severity', 'status', 'place', 'department', 'reported'] as const
export type Column = (typeof COLUMNS)[number]
export const SIZES = [50, 100, 200] as const
export interface Look {
  columns: Column[]
  isDense: boolean
  isGrouped: boolean
  size: (typeof SIZES)[number]
}

const KEY = 'wangge.cases.look'
const FIRST: Look = { columns: [...COLUMNS], isDense: false, isGrouped: false, size: 50 }

/** Read what this browser remembers; what it does not know it leaves out. */
export function readLook(text: string | null): Look {
  try {
    const told = JSON.parse(text ?? '{}') as Partial<Record<keyof Look, unknown>>
    const kept = Array.isArray(told.columns) ? COLUMNS.filter((one) => (told.columns as unknown[]).includes(one)) : null
    return {
      columns: kept ?? FIRST.columns,
      isDense: told.isDense === true,
      isGrouped: told.isGrouped === true,
      size: SIZES.find((one) => one === told.size) ?? FIRST.size,
    }
  } catch {
    return { ...FIRST }
  }
}

/** Return the rows in groups by department, in the order of each one's first row; else one group without a name. */
export function groupRows(
  rows: readonly CaseRow[],
  isGrouped: boolean,
  nobody: string,
): { name: string | undefined; rows: CaseRow[] }[] {
  if (!isGrouped) return [{ name: undefined, rows: [...rows] }]
  const found = new Map<string, CaseRow[]>()
  for (const row of rows) {
    const name = row.department_name ?? nobody
    found.set(name, [...(found.get(name) ?? []), row])
  }
  return [...found].map(([name, rows]) => ({ name, rows }))
}

/** How the list looks: columns, height of its rows, groups. Remembered in this browser. */
export function useListLook() {
  const look = ref(readLook(localStorage.getItem(KEY)))
  watch(look, (now) => localStorage.setItem(KEY, JSON.stringify(now)), { deep: true })
  return look
}
