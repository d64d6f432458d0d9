import { asError, call, type ApiError, type BesideChoices } from '@wangge/api'
import { formatOn } from '@wangge/ui'
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { listBesideChoices } from './besideCalls'

export function shifted(on: string, by: number): string {
  if (!on) return on
  const day = new Date(`${on}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + by)
  return day.toISOString().slice(0, 10)
}

export const inDays = (n: number): string => shifted(formatOn(new Date()), n)

interface Asking {
  busy: Ref<boolean>
  error: ShallowRef<ApiError | undefined>
  choices: ShallowRef<BesideChoices | undefined>
  during: (job: () => Promise<void>) => Promise<void>
}

/** What forms of visits beside the plan share: choices, one call at a time, the error of the last one. */
export function useAsking(): Asking {
  const busy = ref(false)
  const error = shallowRef<ApiError>()
  const choices = shallowRef<BesideChoices>()
  async function during(job: () => Promise<void>): Promise<void> {
    busy.value = true
    error.value = undefined
    try {
      await job()
    } catch (cause) {
      error.value = asError(cause)
    } finally {
      busy.value = false
    }
  }
  void during(async () => {
    choices.value = await call(listBesideChoices())
  })
  return { busy, error, choices, during }
}
