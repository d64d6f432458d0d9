import { readDraft, saveDraft } from '@wangge/outbox'
import { useQueue } from '@wangge/phone'
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

interface WithPhotos {
  photos: string[]
}

/** A form that is kept at every touch: what was begun is there again after the phone was off. */
export function useDraft<Form extends WithPhotos>(
  key: string,
  empty: Form,
): {
  form: ShallowRef<Form>
  isReady: Ref<boolean>
  change: (part: Partial<Form>) => void
  settled: () => Promise<unknown>
} {
  const queue = useQueue()
  const form = shallowRef(empty) as ShallowRef<Form>
  const isReady = ref(false)
  let writing: Promise<unknown> = readDraft(queue.its(), key).then((kept) => {
    if (kept) form.value = { ...empty, ...(kept.value as Partial<Form>) }
    isReady.value = true
  })

  function change(part: Partial<Form>): void {
    const next = { ...form.value, ...part }
    form.value = next
    writing = writing.then(() => saveDraft(queue.its(), key, next, next.photos)).catch(console.error)
  }
  return { form, isReady, change, settled: () => writing }
}
