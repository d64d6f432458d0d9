import {
  asError,
  call,
  moveAdmissions,
  type AdmissionMove,
  type AdmissionOut,
  type ApiError,
  type FateOut,
} from '@wangge/api'
import { newId } from '@wangge/outbox/ids'

export type Move = AdmissionOut['moves'][number]
export const MOVES: readonly Move[] = ['submit', 'admit', 'return', 'withdraw']
export const STAGES = ['draft', 'submitted', 'admitted', 'withdrawn'] as const

/** As many as one request takes. */
const AT_ONCE = 500

export const wantsDay = (move: Move): boolean => move === 'admit' || move === 'withdraw'
export const wantsNote = (move: Move): boolean => move === 'return' || move === 'withdraw'

/** Return those of the rows that may take the move. */
export const whichTake = (rows: readonly AdmissionOut[], move: Move): AdmissionOut[] =>
  rows.filter((row) => row.moves.includes(move))

/** Return the moves that somebody of the chosen may take, with how many. */
export function movesOf(rows: readonly AdmissionOut[]): { move: Move; count: number }[] {
  return MOVES.map((move) => ({ move, count: whichTake(rows, move).length })).filter((one) => one.count > 0)
}

/** Return a command a row. Made once: sent again after a break it is the same command, and is done once. */
export function stepsOf(rows: readonly AdmissionOut[], move: Move, note: string, on: string): AdmissionMove[] {
  return rows.map((row) => ({
    id: newId(),
    admission_id: row.id,
    move,
    base_version: row.version,
    note: note.trim(),
    on: wantsDay(move) ? on : null,
  }))
}

export interface Told {
  row: AdmissionOut
  fate: FateOut
}

export const isDone = ({ fate }: Told): boolean => fate.status === 200 || fate.status === 208

/** Send the steps; what became of each row, and what broke on the way. */
export async function sendMoves(
  rows: readonly AdmissionOut[],
  steps: readonly AdmissionMove[],
): Promise<{ told: Told[]; error: ApiError | undefined }> {
  const told: Told[] = []
  for (let first = 0; first < steps.length; first += AT_ONCE) {
    try {
      const fates = await call(moveAdmissions({ body: steps.slice(first, first + AT_ONCE) }))
      fates.forEach((fate, place) => {
        const row = rows[first + place]
        if (row) told.push({ row, fate })
      })
    } catch (cause) {
      return { told, error: asError(cause) }
    }
  }
  return { told, error: undefined }
}
