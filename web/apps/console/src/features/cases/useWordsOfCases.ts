import type { CaseRow } from '@wangge/api'
import { useI18n } from 'vue-i18n'

/** How a case's stages and steps are called: the stage by the pack, the rest by this face. */
export function useWordsOfCases() {
  const { t, te, locale } = useI18n()
  const known = (key: string, otherwise: string): string => (te(key) ? t(key) : otherwise)
  return {
    stage: (row: Pick<CaseRow, 'stage_name' | 'stage_name_en'>): string =>
      locale.value === 'en' ? row.stage_name_en || row.stage_name : row.stage_name,
    status: (status: string): string => known(`case.status.${status}`, status),
    action: (action: string): string => known(`step.action.${action}`, known(`step.mark.${action}`, action)),
    channel: (channel: string): string => known(`case.channel.${channel}`, channel),
  }
}
