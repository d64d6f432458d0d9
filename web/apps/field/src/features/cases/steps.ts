import type { AllowedAction, CaseDetail } from '@wangge/api'

export type Action = AllowedAction['action']

/** What somebody looked at when they took a step: kept beside the command, so that a conflict shows both sides. */
export type Seen = Pick<
  CaseDetail,
  'stage_name' | 'stage_name_en' | 'department_name' | 'handler_name' | 'due_at' | 'rework' | 'version'
>

export const seenOf = (shown: CaseDetail): Seen => ({
  stage_name: shown.stage_name,
  stage_name_en: shown.stage_name_en,
  department_name: shown.department_name,
  handler_name: shown.handler_name,
  due_at: shown.due_at,
  rework: shown.rework,
  version: shown.version,
})

export interface Change {
  field: 'status' | 'department' | 'handler' | 'due' | 'rework' | 'version'
  seen: string
  now: string
}

/** What changed meanwhile. Without the seen side (another phone, an old command) only the present is told. */
export function changesOf(seen: Seen | undefined, now: Seen, stage: (row: Seen) => string): Change[] {
  const sides = (read: (row: Seen) => string): [string, string] => [seen ? read(seen) : '', read(now)]
  const rows: [Change['field'], [string, string]][] = [
    ['status', sides(stage)],
    ['department', sides((row) => row.department_name ?? '')],
    ['handler', sides((row) => row.handler_name ?? '')],
    ['due', sides((row) => row.due_at ?? '')],
    ['rework', sides((row) => String(row.rework))],
    ['version', sides((row) => String(row.version))],
  ]
  return rows.map(([field, [was, is]]) => ({ field, seen: was, now: is })).filter((row) => row.seen !== row.now)
}

/**
 * Merging needs a look at other cases side by side, co-handling one at the departments, another
 * matter the whole catalogue: work for the desk.
 */
export const canDoHere = (allowed: AllowedAction): boolean =>
  !allowed.needs.includes('case') &&
  !allowed.needs.includes('departments') &&
  !allowed.needs.includes('matter') &&
  allowed.action !== 'release'

const ASIDE: ReadonlySet<Action> = new Set<Action>([
  'reject',
  'unmerge',
  'recall',
  'object',
  'ask_suspension',
  'ask_extension',
  'refuse_request',
  'fail',
  'reopen',
  'transfer',
  'send_back',
])

/** The steps of the straight way come first and look strong. */
export const isMainStep = (action: Action): boolean => !ASIDE.has(action)

export const takesPhotos = ({ needs, takes }: AllowedAction): boolean =>
  needs.includes('photos') || takes.includes('photos')
