import { call, listCases, type FateOut } from '@wangge/api'
import { usePages } from '@wangge/ui'
import { computed, ref, shallowRef, watch } from 'vue'
import { toQuery, type CaseFilters } from './filters'
import { leaveTrail } from './trail'

/** The lines of the list, with what is chosen and what became of each. */
export function useCaseList(filters: () => CaseFilters) {
  const pages = usePages((cursor, limit) => call(listCases({ query: { ...toQuery(filters()), cursor, limit } })))
  const { rows } = pages
  const chosen = ref(new Set<string>())
  const fates = shallowRef(new Map<string, FateOut>())

  watch(rows, (now) => {
    const here = now.map((row) => row.id)
    leaveTrail(here)
    chosen.value = new Set(here.filter((id) => chosen.value.has(id)))
  })

  function restart(): Promise<boolean> {
    fates.value = new Map()
    return pages.restart()
  }

  function choose(id: string, isOn: boolean): void {
    const next = new Set(chosen.value)
    if (isOn) next.add(id)
    else next.delete(id)
    chosen.value = next
  }

  function chooseAll(isOn: boolean): void {
    chosen.value = new Set(isOn ? rows.value.map((row) => row.id) : [])
  }

  const chosenRows = computed(() => rows.value.filter((row) => chosen.value.has(row.id)))
  return { ...pages, restart, chosen, chosenRows, fates, choose, chooseAll }
}
