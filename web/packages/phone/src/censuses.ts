import { call, listCensuses, type CensusOut } from '@wangge/api'
import { formatOn } from '@wangge/ui'
import { useKept } from './useKept'

/** Those that go on today: nothing is answered before or after. */
export const goingOn = (rows: readonly CensusOut[], today: string): CensusOut[] =>
  rows.filter((row) => row.closed_at === null && row.starts_on <= today && today <= row.ends_on)

async function fetchOpen(): Promise<CensusOut[]> {
  const page = await call(listCensuses({ query: { limit: 50 } }))
  return goingOn(page.items, formatOn(new Date()))
}

/** The censuses in which something may be answered now, kept on the phone. */
export const useOpenCensuses = () => useKept(() => 'censuses', fetchOpen)
