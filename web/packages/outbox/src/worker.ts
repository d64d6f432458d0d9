/** One worker, oldest first. */

import { waitMs } from './backoff'
import { type Judgement, judgeCommand, judgePhoto } from './judge'
import { forget, settle } from './outbox'
import type { Store } from './store'
import type { Command, Entry, Refusal, Reply, Transport } from './types'

/** After so many answered failures of one command, others on other subjects may go before it. */
const PATIENCE = 5

/** A dead link may leave a call without answer for ever. A photo of 500 kB takes 80 s at 50 kbit/s. */
const COMMAND_LIMIT_MS = 30_000
const PHOTO_LIMIT_MS = 120_000

export type FlushEnd =
  | 'empty' // nothing left that could be sent now
  | 'paused' // log in first
  | 'later' // no answer; see nextAt
  | 'busy' // another tab sends

export interface WorkerOptions {
  store: Store
  transport: Transport
  locks?: Pick<LockManager, 'request'> | undefined
  now?: () => number
  random?: () => number
  /** Asked before anything is sent: the phone's clock is put right. Its failure holds nothing up. */
  before?: (() => Promise<void>) | undefined
}

/** `answered`: the server itself failed on this entry; otherwise there was no answer, and the whole queue waits. */
type Failure = { end: 'failed'; answered: boolean; retryAfterS: number }
type Sent = { end: 'next' } | { end: 'paused' } | Failure

const NO_ANSWER: Failure = { end: 'failed', answered: false, retryAfterS: 0 }

export class Worker {
  /** True after a 401, until `resume`. */
  isPaused = false
  /** Before this moment an unforced flush does nothing. */
  nextAt = 0
  private running: Promise<FlushEnd> | null = null
  private failures = 0
  private again = false
  private readonly store: Store
  private readonly transport: Transport
  private readonly locks: Pick<LockManager, 'request'> | undefined
  private readonly now: () => number
  private readonly random: () => number
  private readonly before: (() => Promise<void>) | undefined

  constructor(options: WorkerOptions) {
    this.store = options.store
    this.transport = options.transport
    this.locks = options.locks
    this.now = options.now ?? Date.now
    this.random = options.random ?? Math.random
    this.before = options.before
  }

  /** Send what can be sent. A call while one runs joins it. `force` does not wait for the back-off. */
  flush({ force = false }: { force?: boolean } = {}): Promise<FlushEnd> {
    if (this.isPaused) return Promise.resolve('paused')
    if (!force && this.now() < this.nextAt) return Promise.resolve('later')
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.alone(force).finally(() => {
      this.running = null
    })
    return this.running
  }

  /** Somebody has logged in again. */
  resume(): Promise<FlushEnd> {
    this.isPaused = false
    return this.flush({ force: true })
  }

  private async alone(force: boolean): Promise<FlushEnd> {
    if (!this.locks) return this.drain(force)
    let end: FlushEnd = 'busy'
    await this.locks.request(`${this.store.name}-send`, { ifAvailable: true }, async (lock) => {
      if (lock) end = await this.drain(force)
    })
    return end
  }

  private async drain(force: boolean): Promise<FlushEnd> {
    let end: FlushEnd
    if (this.before && (await this.store.commands.count()) > 0) await this.before()
    do {
      this.again = false
      end = await this.run(force)
    } while (this.again && end === 'empty')
    return end
  }

  private async run(force: boolean): Promise<FlushEnd> {
    const tried = new Set<string>()
    for (;;) {
      const entry = await this.nextEntry(tried, force)
      if (!entry) return 'empty'
      tried.add(entry.id)
      const sent = await this.send(entry)
      if (sent.end === 'next') {
        this.failures = 0
        this.nextAt = 0
        continue
      }
      if (sent.end === 'paused') {
        this.isPaused = true
        return 'paused'
      }
      if (await this.backOff(entry, sent)) return 'later'
    }
  }

  /** The oldest entry that nothing holds back: no earlier one on the same subject still waits or asks. */
  private async nextEntry(tried: ReadonlySet<string>, force: boolean): Promise<Entry | null> {
    const held = new Set<string>()
    for (const entry of await this.store.commands.orderBy('seq').toArray()) {
      const resting = tried.has(entry.id) || (!force && entry.next_at > this.now())
      if (entry.state === 'waiting' && !resting && !entry.subjects.some((subject) => held.has(subject))) return entry
      for (const subject of entry.subjects) held.add(subject)
    }
    return null
  }

  private async send(entry: Entry): Promise<Sent> {
    const receipt = await this.store.receipts.get(entry.id)
    if (receipt) {
      await forget(this.store, entry)
      return { end: 'next' }
    }
    for (const sha256 of entry.photos) {
      const sent = await this.sendPhoto(entry, sha256)
      if (sent) return sent
    }
    const command = await this.seal(entry)
    const reply = await this.reach((signal) => this.transport.sendCommand(command, signal), COMMAND_LIMIT_MS)
    if (!reply) return NO_ANSWER
    const judgement = judgeCommand(reply, entry.id)
    if (judgement.verdict === 'done') {
      await settle(this.store, entry, judgement.fate.outcome, judgement.fate.result)
      return { end: 'next' }
    }
    return this.take(entry, judgement, reply)
  }

  /** From here on the command is as it is: the server compares a retry with its first time. */
  private async seal(entry: Entry): Promise<Command> {
    if (entry.is_tried) return entry.command
    return this.store.transaction('rw', this.store.commands, async () => {
      await this.store.commands.where('id').equals(entry.id).modify({ is_tried: true })
      const now = await this.store.commands.where('id').equals(entry.id).first()
      return now?.command ?? entry.command
    })
  }

  /** Return nothing when the photo is there, and otherwise what to do. */
  private async sendPhoto(entry: Entry, sha256: string): Promise<Sent | null> {
    const photo = await this.store.photos.get(sha256)
    if (!photo) return this.ask(entry, PHOTO_LOST)
    if (photo.uploaded_at !== null) return null
    const reply = await this.reach((signal) => this.transport.sendPhoto(photo, signal), PHOTO_LIMIT_MS)
    if (!reply) return NO_ANSWER
    const judgement = judgePhoto(reply, sha256)
    if (judgement.verdict !== 'done') return this.take(entry, judgement, reply)
    await this.store.photos.update(sha256, { uploaded_at: this.now() })
    return null
  }

  private async take(entry: Entry, judgement: Exclude<Judgement, { verdict: 'done' }>, reply: Reply): Promise<Sent> {
    if (judgement.verdict === 'pause') return { end: 'paused' }
    if (judgement.verdict === 'ask') return this.ask(entry, judgement.refusal)
    return { end: 'failed', answered: true, retryAfterS: reply.retry_after_s ?? 0 }
  }

  private async ask(entry: Entry, refusal: Refusal): Promise<Sent> {
    await this.store.commands.where('id').equals(entry.id).modify({ state: 'asking', refusal })
    return { end: 'next' }
  }

  private async reach(call: (signal: AbortSignal) => Promise<Reply>, limitMs: number): Promise<Reply | null> {
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const limit = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        stop.abort()
        resolve(null)
      }, limitMs)
    })
    try {
      return await Promise.race([call(stop.signal), limit])
    } catch {
      return null // no answer: the command stays, and its id makes the next try harmless
    } finally {
      clearTimeout(timer)
    }
  }

  /** Note the failure. Returns whether the whole queue waits; when patience with one entry ends, only that one does. */
  private async backOff(entry: Entry, failure: Failure): Promise<boolean> {
    const attempts = entry.attempts + (failure.answered ? 1 : 0)
    const outOfPatience = attempts > PATIENCE
    if (failure.answered) {
      const nextAt = outOfPatience ? this.now() + waitMs(attempts, this.random(), failure.retryAfterS) : 0
      await this.store.commands.where('id').equals(entry.id).modify({ attempts, next_at: nextAt })
      if (outOfPatience) return false
    }
    this.failures += 1
    this.nextAt = this.now() + waitMs(this.failures, this.random(), failure.retryAfterS)
    return true
  }
}

const PHOTO_LOST: Refusal = {
  status: 422,
  code: 'outbox.photo_lost',
  zh: '这条记录的照片已不在手机里。',
  en: 'A photo of this record is no longer on the phone.',
  result: {},
}
