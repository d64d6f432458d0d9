import { asError, call, listCases, type CaseRow, type FateOut } from '@wangge/api'
import { usePages } from '@wangge/ui'
import { computed, ref, shallowRef, watch } from 'vue'
import { MOST_AT_ONCE } from './batch'
import { toQuery, type CaseFilters } from './filters'
import { leaveTrail } from './trail'

const MOST_A_PAGE = 200
export type Chosen = ReadonlyMap<string, CaseRow>

/** Return the choice over a list that was read again: as each case is now, without those that left the list. */
export function keepChosen(chosen: Chosen, now: readonly CaseRow[], before: readonly CaseRow[]): Chosen {
  const here = new Map(now.map((row) => [row.id, row]))
  const were = new Set(before.map((row) => row.id))
  return new Map(
    [...chosen].flatMap(([id, row]) => (here.has(id) || !were.has(id) ? [[id, here.get(id) ?? row] as const] : [])),
  )
}

/** The lines of the list, with what is chosen and what became of each. */
export function useCaseList(filters: () => CaseFilters, size: () => number) {
  const pages = usePages((cursor, limit) => call(listCases({ query: { ...toQuery(filters()), cursor, limit } })), size)
  const { rows, error } = pages
  const chosen = shallowRef<Chosen>(new Map())
  const fates = shallowRef(new Map<string, FateOut>())
  const isChoosing = ref(false)
  let latest = 0

  watch(rows, (now, before) => {
    leaveTrail(now.map((row) => row.id))
    chosen.value = keepChosen(chosen.value, now, before)
  })

  function restart(): Promise<boolean> {
    fates.value = new Map()
    chooseAll(false)
    return pages.restart()
  }

  function choose(row: CaseRow, isOn: boolean): void {
    const next = new Map(chosen.value)
    if (isOn && next.size < MOST_AT_ONCE) next.set(row.id, row)
    else next.delete(row.id)
    chosen.value = next
  }

  /** Choose every line that is shown, or none. */
  function chooseAll(isOn: boolean): void {
    latest += 1
    isChoosing.value = false
    chosen.value = new Map(isOn ? rows.value.slice(0, MOST_AT_ONCE).map((row) => [row.id, row]) : [])
  }

  /** Choose the whole list, also what is not shown, as far as one batch reaches. */
  async function chooseEvery(): Promise<void> {
    latest += 1
    const mine = latest
    const found = new Map<string, CaseRow>()
    isChoosing.value = true
    try {
      for (let cursor: string | null = ''; cursor !== null && found.size < MOST_AT_ONCE;) {
        const query = { ...toQuery(filters()), cursor, limit: Math.min(MOST_A_PAGE, MOST_AT_ONCE - found.size) }
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(query)
        if (mine !== latest) return
        page.items.forEach((row) => found.set(row.id, row))
        cursor = page.next_cursor
      }
      chosen.value = found
    } catch (cause) {
      if (mine === latest) error.value = asError(cause)
    } finally {
      if (mine === latest) isChoosing.value = false
    }
  }

  const chosenRows = computed(() => [...chosen.value.values()])
  const beyond = computed(() => chosen.value.size - rows.value.filter((row) => chosen.value.has(row.id)).length)
  return { ...pages, restart, chosen, chosenRows, beyond, fates, choose, chooseAll, chooseEvery, isChoosing }
}

const readPage = (query: NonNullable<Parameters<typeof listCases>[0]>['query']) =>
  call(listCases(query ? { query } : {}))
