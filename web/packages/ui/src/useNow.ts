import { onScopeDispose, ref, type Ref } from 'vue'

/** The present, renewed every half minute, so that deadlines on an open page stay true. */
export function useNow(): Ref<Date> {
  const now = ref(new Date())
  const timer = setInterval(() => (now.value = new Date()), 30_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}
