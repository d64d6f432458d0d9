import type { CaseDetail, StepCommand } from '@wangge/api'
import { newId } from '@wangge/outbox/ids'

export type Action = StepCommand['action']
type Content = Omit<StepCommand, 'id' | 'at'>
/** What a step may carry. */
export type Extra = Partial<
  Pick<Content, 'reason' | 'photos' | 'department_id' | 'co_department_ids' | 'days' | 'merged_into' | 'matter_code'>
>

/**
 * Make commands whose id stays the same while their content does: a second click after a lost answer is the same
 * command, and the server does it once. Another content is another command.
 */
export function makeSteady<C extends object>(
  clock: () => Date = () => new Date(),
): (content: C) => C & { id: string; at: string } {
  let last: { key: string; command: C & { id: string; at: string } } | undefined
  return (content) => {
    const key = JSON.stringify(content)
    if (last?.key !== key) {
      const at = clock()
      last = { key, command: { ...content, id: newId(at.getTime()), at: at.toISOString() } }
    }
    return last.command
  }
}

export const makeSteadyStep = (clock?: () => Date) => makeSteady<Content>(clock)

/** Return a step on a case as its sender saw it. */
export function stepOn(seen: Pick<CaseDetail, 'id' | 'version'>, action: Action, extra: Extra = {}): Content {
  return { case_id: seen.id, action, base_version: seen.version, ...extra }
}

/** One thing that differs between what somebody looked at and what is true now. */
export interface Change {
  field: 'version' | 'status' | 'matter' | 'department' | 'handler' | 'due' | 'rework'
  seen: string
  now: string
}

/** Return what changed meanwhile, so that both sides can be shown. */
export function changesOf(seen: CaseDetail, now: CaseDetail): Change[] {
  const rows: Change[] = [
    { field: 'status', seen: seen.status, now: now.status },
    { field: 'matter', seen: seen.matter_code, now: now.matter_code },
    { field: 'department', seen: seen.department_name ?? '', now: now.department_name ?? '' },
    { field: 'handler', seen: seen.handler_name ?? '', now: now.handler_name ?? '' },
    { field: 'due', seen: seen.due_at ?? '', now: now.due_at ?? '' },
    { field: 'rework', seen: String(seen.rework), now: String(now.rework) },
    { field: 'version', seen: String(seen.version), now: String(now.version) },
  ]
  return rows.filter((row) => row.seen !== row.now)
}

const CAUTION: ReadonlySet<Action> = new Set<Action>([
  'reject',
  'merge',
  'object',
  'unmerge',
  'recall',
  'invite',
  'release',
  'ask_suspension',
  'ask_extension',
  'refuse_request',
  'fail',
  'reopen',
  'transfer',
  'send_back',
  'reclassify',
])

/** The steps of the straight way to the end come first and look strong; those that turn aside look plain. */
export const isMainStep = (action: Action): boolean => !CAUTION.has(action)

/** Return the department to preset: the one that has the case if it has the power, else the first that has; or none. */
export function withPower(enforcers: readonly { id: number }[], has: number | null): number | null {
  const own = enforcers.find((one) => one.id === has)
  return (own ?? enforcers[0])?.id ?? null
}
