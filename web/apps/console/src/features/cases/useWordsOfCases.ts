import type { CaseRow } from '@wangge/api'
import { useI18n } from 'vue-i18n'

/** How a case's stage and steps are called: in Chinese by the pack, in English by this face. */
export function useWordsOfCases() {
  const { t, te, locale } = useI18n()
  const known = (key: string, otherwise: string): string => (te(key) ? t(key) : otherwise)
  return {
    stage: (row: Pick<CaseRow, 'status' | 'stage_name'>): string =>
      locale.value === 'en' ? known(`case.status.${row.status}`, row.stage_name) : row.stage_name,
    status: (status: string): string => known(`case.status.${status}`, status),
    action: (action: string): string => known(`case.action.${action}`, action),
    channel: (channel: string): string => known(`case.channel.${channel}`, channel),
  }
}
