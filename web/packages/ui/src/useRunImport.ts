import { call, cancelRun, toError, type ImportReport, type RunOut } from '@wangge/api'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { isOver } from './runs'
import { useRun } from './useRun'

/** A file that a worker reads: asked for, followed, and answered as an import dialog wants it. */
export function useRunImport(ask: (file: File, isDryRun: boolean) => Promise<RunOut>) {
  const { t } = useI18n()
  let settle: ((run: RunOut) => void) | undefined
  const { run, report, follow } = useRun((over) => settle?.(over))
  const isEnding = ref(false)
  const isRunning = computed(() => run.value !== undefined && !isOver(run.value))

  async function send(file: File, isDryRun: boolean): Promise<ImportReport> {
    follow(await ask(file, isDryRun))
    const over = await new Promise<RunOut>((resolve) => (settle = resolve))
    if (report.value) return report.value
    const ended = t('ui.run.verdict.failed')
    throw toError(409, over.refusal ?? { code: 'kernel.run_over', zh: ended, en: ended })
  }

  /** End it; what it wrote goes back. One that is over by now has answered already. */
  async function cancel(): Promise<void> {
    if (!run.value || isEnding.value) return
    isEnding.value = true
    try {
      await call(cancelRun({ path: { run_id: run.value.id } }))
    } catch {
      return
    } finally {
      isEnding.value = false
    }
  }
  return { run, isRunning, isEnding, send, cancel }
}
