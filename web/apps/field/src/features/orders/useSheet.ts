import { type Mark, type Remedy, type Verdict, withVerdict } from '@wangge/engine'
import { dropDraft, newId, readDraft, saveDraft } from '@wangge/outbox'
import { useQueue } from '@wangge/phone'
import { ref, shallowRef } from 'vue'
import { EMPTY, photosOnSheet, type Sheet } from './checklist'

/** The sheet of one order. Every touch is written into the phone at once, one after the other. */
export function useSheet(orderId: string, list: () => number) {
  const queue = useQueue()
  const draft = `order:${orderId}`
  const sheet = shallowRef<Sheet>(EMPTY)
  const isReady = ref(false)
  const fault = ref('')
  let writing: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const kept = await readDraft(queue.its(), draft)
    if (kept) sheet.value = { ...EMPTY, ...(kept.value as Partial<Sheet>) }
    isReady.value = true
  }

  function change(part: Partial<Sheet>): void {
    const next = { ...sheet.value, ...part, list: sheet.value.list ?? list() }
    sheet.value = next
    writing = writing
      .then(() => saveDraft(queue.its(), draft, next, photosOnSheet(next)))
      .then(
        () => void (fault.value = ''),
        (cause: unknown) => void (fault.value = String(cause)),
      )
  }

  function setMark(key: string, mark: Mark): void {
    change({ marks: { ...sheet.value.marks, [key]: mark } })
  }

  function judge(key: string, verdict: Verdict): void {
    const mark = withVerdict(sheet.value.marks[key], verdict)
    // The case of a finding is named here, so that a retry makes no second one.
    setMark(key, { ...mark, case_id: mark.case_id ?? (verdict === 'failed' ? newId() : null) })
  }

  function amend(
    key: string,
    part: Partial<Pick<Mark, 'note' | 'photos' | 'after_photos'>> & { remedy?: Remedy },
  ): void {
    const mark = sheet.value.marks[key]
    if (mark) setMark(key, { ...mark, ...part })
  }

  async function clear(): Promise<void> {
    await writing
    await dropDraft(queue.its(), draft)
    sheet.value = EMPTY
  }

  /** Everything touched has been written. */
  const settled = (): Promise<void> => writing

  return { sheet, isReady, fault, draft, read, change, judge, amend, clear, settled }
}
