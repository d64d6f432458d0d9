import { call, listPromiseLights, type CaseRow, type PromiseLight } from '@wangge/api'
import { useSession } from '@wangge/session'
import { shallowRef, watch, type Ref } from 'vue'

const MOST = 200
const TIPS = new Set(['citizen', 'hotline'])

/** What the reporters of the tips among the lines still wait for, by case; lines without tips ask nothing. */
export function usePromiseLights(rows: () => readonly CaseRow[]): Ref<ReadonlyMap<string, PromiseLight>> {
  const session = useSession()
  const lights = shallowRef<ReadonlyMap<string, PromiseLight>>(new Map())
  const tips = (): string[] => rows().flatMap((row) => (TIPS.has(row.channel) ? [row.id] : []))

  async function ask(ids: string[]): Promise<void> {
    const parts = Array.from({ length: Math.ceil(ids.length / MOST) }, (_, n) => ids.slice(n * MOST, (n + 1) * MOST))
    const found = await Promise.all(parts.map((case_ids) => call(listPromiseLights({ body: { case_ids } }))))
    lights.value = new Map(found.flat().map((one) => [one.case_id, one]))
  }
  watch(
    () => tips().join(),
    () => {
      if (session.can('oversight.read')) ask(tips()).catch(() => (lights.value = new Map())) // the list stands without
    },
    { immediate: true },
  )
  return lights
}
