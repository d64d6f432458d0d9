import { asError, call, takeSteps, type ApiError, type CaseRow, type FateOut, type StepCommand } from '@wangge/api'

export const STEPS = [
  { kind: 'accept', key: 'a', capability: 'cases.accept' },
  { kind: 'dispatch', key: 'd', capability: 'cases.dispatch' },
  { kind: 'sign', key: 's', capability: 'cases.handle' },
] as const
export type Kind = (typeof STEPS)[number]['kind']
export interface Told {
  row: CaseRow
  fate: FateOut
}
const AT_ONCE = 50

export const isDone = ({ fate }: Told): boolean => fate.status === 200 || fate.status === 208

/**
 * Send the steps in parts, so that progress is seen and a break loses little. Each row's command keeps its id: what
 * was sent before the break and is sent again is done once.
 */
export async function sendSteps(
  rows: readonly CaseRow[],
  commandOf: (row: CaseRow) => StepCommand,
  progress: (told: Told[]) => void,
): Promise<ApiError | undefined> {
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const part = rows.slice(first, first + AT_ONCE)
    try {
      const fates = await call(takeSteps({ body: part.map(commandOf) }))
      progress(part.flatMap((row, place) => (fates[place] ? [{ row, fate: fates[place] }] : [])))
    } catch (cause) {
      return asError(cause)
    }
  }
  return undefined
}
