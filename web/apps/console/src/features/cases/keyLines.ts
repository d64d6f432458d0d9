import type { Batch } from './batch'

/** One line of the help: the keys that do the same, and what that is called. */
export interface KeyLine {
  keys: readonly string[]
  says: string
}

const HELP: KeyLine = { keys: ['?'], says: 'keys.help' }
const REFRESH: KeyLine = { keys: ['r'], says: 'keys.r' }

/** The keys of the list; without a batch there is nothing to select for. */
export const keysOfList = (batches: readonly Batch[]): KeyLine[] => [
  { keys: ['j', '↓'], says: 'keys.j' },
  { keys: ['k', '↑'], says: 'keys.k' },
  { keys: ['Enter'], says: 'keys.Enter' },
  ...(batches.length > 0 ? ['x', 'X', ...batches.map(({ key }) => key)] : []).map((key) => ({
    keys: [key],
    says: `keys.${key}`,
  })),
  { keys: ['v'], says: 'keys.v' },
  REFRESH,
  { keys: ['/'], says: 'keys.slash' },
  HELP,
]

/** The keys of a case: those of the steps that it allows, the same as in the list. */
export const keysOfCase = (steps: readonly Batch[]): KeyLine[] => [
  { keys: ['j', '→'], says: 'keys.next' },
  { keys: ['k', '←'], says: 'keys.previous' },
  ...steps.map(({ key, kind }) => ({ keys: [key], says: `batch.${kind}` })),
  { keys: ['l'], says: 'keys.l' },
  REFRESH,
  HELP,
]
