import { type Receipt, watchReceipt } from '@wangge/outbox'
import { onScopeDispose, type ShallowRef, shallowRef, watch } from 'vue'
import { useQueue } from './queue'

/** The receipt of a command, as soon as there is one, however fast it came. */
export function useReceipt(commandId: () => string | undefined): ShallowRef<Receipt | undefined> {
  const queue = useQueue()
  const receipt = shallowRef<Receipt>()
  let stop: (() => void) | undefined

  watch(
    commandId,
    (id) => {
      stop?.()
      stop = undefined
      receipt.value = undefined
      if (id) stop = watchReceipt(queue.its(), id, (found) => (receipt.value = found), console.error)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop?.())
  return receipt
}
