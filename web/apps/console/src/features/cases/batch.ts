import {
  asError,
  call,
  listCases,
  takeActs,
  takeSteps,
  type ActCommand,
  type ApiError,
  type CaseRow,
  type FateOut,
  type StepCommand,
} from '@wangge/api'

/**
 * What can be done to many cases at once. Feeding back and judging are not among them: each wants its own photos or
 * somebody who was there. `undo` names the step that leads back, where the table of steps has one.
 */
export const BATCHES = [
  { kind: 'accept', key: 'a', capability: 'cases.accept', asksWhy: false, undo: null },
  { kind: 'dispatch', key: 'd', capability: 'cases.dispatch', asksWhy: false, undo: 'recall' },
  { kind: 'recall', key: 'u', capability: 'cases.dispatch', asksWhy: true, undo: null },
  { kind: 'reject', key: 'n', capability: 'cases.accept', asksWhy: true, undo: null },
  { kind: 'sign', key: 's', capability: 'cases.handle', asksWhy: false, undo: null },
  { kind: 'object', key: 'b', capability: 'cases.handle', asksWhy: true, undo: null },
  { kind: 'urge', key: 'e', capability: 'oversight.urge', asksWhy: true, undo: null },
] as const
export type Batch = (typeof BATCHES)[number]
export type Kind = Batch['kind']
export type Key = Batch['key']
export interface Told {
  row: CaseRow
  fate: FateOut
}
export type Command = { step: StepCommand } | { act: ActCommand }

/** As many as one batch takes, and as one list of cases may choose. */
export const MOST_AT_ONCE = 500
const AT_ONCE = 50
const PAGE = 100

export const batchOf = (kind: Kind): Batch => BATCHES.find((one) => one.kind === kind) ?? BATCHES[0]
export const isDone = ({ fate }: Told): boolean => fate.status === 200 || fate.status === 208

/** Send commands of one kind, which have one way to go. */
function post(commands: readonly Command[]): Promise<FateOut[]> {
  const steps = commands.flatMap((one) => ('step' in one ? [one.step] : []))
  if (steps.length > 0) return call(takeSteps({ body: steps }))
  return call(takeActs({ body: commands.flatMap((one) => ('act' in one ? [one.act] : [])) }))
}

/**
 * Send in parts, so that progress is seen and a break loses little. Each row's command keeps its id: what was sent
 * before the break and is sent again is done once.
 */
export async function sendBatch(
  rows: readonly CaseRow[],
  commandOf: (row: CaseRow) => Command,
  progress: (told: Told[]) => void,
): Promise<ApiError | undefined> {
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const part = rows.slice(first, first + AT_ONCE)
    try {
      const fates = await post(part.map(commandOf))
      progress(part.flatMap((row, place) => (fates[place] ? [{ row, fate: fates[place] }] : [])))
    } catch (cause) {
      return asError(cause)
    }
  }
  return undefined
}

/** Return the cases as they are now; one that is no longer to be seen stays as it was. */
export async function readAgain(rows: readonly CaseRow[]): Promise<CaseRow[]> {
  const fresh = new Map<string, CaseRow>()
  for (let first = 0; first < rows.length; first += PAGE) {
    const ids = rows.slice(first, first + PAGE).map((row) => row.id)
    const page = await call(listCases({ query: { ids, limit: PAGE } }))
    page.items.forEach((row) => fresh.set(row.id, row))
  }
  return rows.map((row) => fresh.get(row.id) ?? row)
}
