/** The values of the outbox. */

/** What somebody did, as a value. It never changes once made: the server compares a retry with its first time. */
export interface Command {
  id: string
  kind: string
  at: string
  base_version: number
  payload: Readonly<Record<string, unknown>>
  /** The post in which it was made: it is done in that one or not at all. Not there: made before posts were named. */
  post?: number
}

export interface Fate {
  command_id: string
  outcome: string
  status: number
  code: string | null
  zh: string | null
  en: string | null
  result: Record<string, unknown>
}

/** Why the server said no. `result` is its side of the matter, as far as it tells. */
export interface Refusal {
  status: number
  code: string
  zh: string
  en: string
  result: Record<string, unknown>
}

/** A command on its way. `asking` waits for a person to decide. */
export interface Entry {
  seq?: number
  id: string
  command: Command
  /** What it touches (order, case): a later command on the same subject waits for an earlier one. */
  subjects: string[]
  photos: string[]
  /** A name people know it by: a venue, a matter. */
  label: string
  state: 'waiting' | 'asking'
  attempts: number
  next_at: number
  refusal: Refusal | null
  /** It was on its way at least once: the server may have it, so it never changes any more. */
  is_tried?: boolean
  /** By how much the clock was ahead that its moment was put right by. */
  off_ms?: number
  /** Told beside the work: a no to it asks nobody. */
  is_aside?: boolean
  /** It closes what was done before it: nothing that was handed in earlier may come after it. */
  is_closing?: boolean
}

export interface Draft {
  key: string
  value: unknown
  photos: string[]
  saved_at: number
}

/** Bytes as an ArrayBuffer: Safari loses Blobs in IndexedDB. */
export interface Photo {
  sha256: string
  bytes: ArrayBuffer
  media_type: string
  saved_at: number
  uploaded_at: number | null
}

/** What became of a command. Kept after the command has gone. */
export interface Receipt {
  command_id: string
  command: Command
  label: string
  outcome: string
  result: Record<string, unknown>
  received_at: number
}

/** Something read from the server and kept for the time without signal. */
export interface Kept {
  key: string
  value: unknown
  kept_at: number
}

export interface Reply {
  status: number
  body: unknown
  retry_after_s?: number | undefined
}

/** The way to the server. It rejects when no answer came. `signal` ends a call that takes too long. */
export interface Transport {
  sendPhoto(photo: Photo, signal: AbortSignal): Promise<Reply>
  /** Commands in order; the answer is a fate each, in the same order. */
  sendCommands(commands: readonly Command[], signal: AbortSignal): Promise<Reply>
}
