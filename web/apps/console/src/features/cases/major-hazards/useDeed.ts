import { asError, type ApiError, type FateOut } from '@wangge/api'
import { newId } from '@wangge/outbox/ids'
import { ref, shallowRef } from 'vue'

/** Send one command. A retry after a failure carries the id of the first try, so it is done once. */
export function useDeed(done: () => void) {
  const isBusy = ref(false)
  const error = shallowRef<ApiError>()
  let id = newId()

  async function send(deed: (id: string) => Promise<FateOut>): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    error.value = undefined
    try {
      await deed(id)
      id = newId()
      done()
    } catch (cause) {
      error.value = asError(cause)
      if (error.value.status !== 0 && error.value.status < 500) id = newId()
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, error, send }
}
