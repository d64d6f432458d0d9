import { onScopeDispose, ref, type Ref } from 'vue'

const EVERY_MS = 30_000
const now = ref(new Date())
let readers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The present, renewed every half minute, so that deadlines on an open page stay true. One timer for all. */
export function useNow(): Ref<Date> {
  if (readers === 0) {
    now.value = new Date()
    timer = setInterval(() => (now.value = new Date()), EVERY_MS)
  }
  readers += 1
  onScopeDispose(() => {
    readers -= 1
    if (readers === 0) clearInterval(timer)
  })
  return now
}
