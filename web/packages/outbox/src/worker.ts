/** One worker: commands in the order in which they were made, a batch at a time; photos apart, before those who speak of them. */

import { turnMs, waitMs } from './backoff'
import { reach } from './reach'
import { type Judgement, judgePhoto, judgeReplies } from './judge'
import { settle } from './outbox'
import { MOST_AT_ONCE, nextBatch, nextPhoto } from './order'
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
type Failure = { end: 'failed'; answered: boolean; retryAfterS: number; entry: Entry }
type Sent = { end: 'next' } | { end: 'paused' } | Failure

export class Worker {
  /** True after a 401, until `resume`. */
  isPaused = false
  /** Before this moment an unforced flush does nothing. */
  nextAt = 0
  private running: Promise<FlushEnd> | null = null
  private failures = 0
  private again = false
  /** One at a time after a batch was refused as a whole: so the command that is at fault shows itself. */
  private most = MOST_AT_ONCE
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
    const rests = new Set<string>()
    for (;;) {
      const sent = await this.step(rests, force)
      if (!sent) return 'empty'
      if (sent.end === 'next') {
        this.failures = 0
        this.nextAt = 0
        continue
      }
      if (sent.end === 'paused') {
        this.isPaused = true
        return 'paused'
      }
      rests.add(sent.entry.id)
      if (await this.backOff(sent)) return 'later'
    }
  }

  /** The commands that may go, as one batch; when none may, the photo that the oldest one waits for. */
  private async step(rests: ReadonlySet<string>, force: boolean): Promise<Sent | null> {
    const isResting = (entry: Entry): boolean => rests.has(entry.id) || (!force && entry.next_at > this.now())
    const batch = await nextBatch(this.store, isResting, this.most)
    if (batch.length > 0) return this.sendBatch(batch)
    const photo = await nextPhoto(this.store, isResting)
    return photo ? this.sendPhoto(photo.entry, photo.sha256) : null
  }

  private async sendBatch(batch: readonly Entry[]): Promise<Sent> {
    const fresh = await this.withoutReceipt(batch)
    const [first] = fresh
    if (!first) return { end: 'next' }
    const commands = await this.seal(fresh)
    const reply = await reach((signal) => this.transport.sendCommands(commands, signal), COMMAND_LIMIT_MS)
    if (!reply) return noAnswer(first)
    const judged = judgeReplies(
      reply,
      fresh.map(({ id }) => id),
    )
    if (fresh.length > 1 && judged.every(({ verdict }) => verdict === 'ask') && !Array.isArray(reply.body)) {
      this.most = 1
      return { end: 'next' }
    }
    this.most = MOST_AT_ONCE
    for (const [index, entry] of fresh.entries()) {
      const judgement = judged[index] ?? { verdict: 'retry' }
      if (judgement.verdict === 'done') await settle(this.store, entry, judgement.fate.outcome, judgement.fate.result)
      else {
        const sent = await this.take(entry, judgement, reply)
        if (sent.end !== 'next') return sent
      }
    }
    return { end: 'next' }
  }

  /** A crash between the receipt and the end of its command left both: the receipt says that it is done. */
  private async withoutReceipt(batch: readonly Entry[]): Promise<Entry[]> {
    const receipts = await this.store.receipts.bulkGet(batch.map(({ id }) => id))
    const fresh: Entry[] = []
    for (const [index, entry] of batch.entries()) {
      const receipt = receipts[index]
      if (receipt) await settle(this.store, entry, receipt.outcome, receipt.result)
      else fresh.push(entry)
    }
    return fresh
  }

  /** From here on the commands are as they are: the server compares a retry with its first time. */
  private async seal(batch: readonly Entry[]): Promise<Command[]> {
    const ids = batch.map(({ id }) => id)
    return this.store.transaction('rw', this.store.commands, async () => {
      await this.store.commands.where('id').anyOf(ids).modify({ is_tried: true })
      const now = await this.store.commands.where('id').anyOf(ids).toArray()
      const sealed = new Map(now.map((entry) => [entry.id, entry.command]))
      return batch.map((entry) => sealed.get(entry.id) ?? entry.command)
    })
  }

  private async sendPhoto(entry: Entry, sha256: string): Promise<Sent> {
    const photo = await this.store.photos.get(sha256)
    if (!photo) return this.ask(entry, PHOTO_LOST)
    const reply = await reach((signal) => this.transport.sendPhoto(photo, signal), PHOTO_LIMIT_MS)
    if (!reply) return noAnswer(entry)
    const judgement = judgePhoto(reply, sha256)
    if (judgement.verdict !== 'done') return this.take(entry, judgement, reply)
    await this.store.photos.update(sha256, { uploaded_at: this.now() })
    return { end: 'next' }
  }

  private async take(entry: Entry, judgement: Exclude<Judgement, { verdict: 'done' }>, reply: Reply): Promise<Sent> {
    if (judgement.verdict === 'pause') return { end: 'paused' }
    if (judgement.verdict === 'ask') return this.ask(entry, judgement.refusal)
    return { end: 'failed', answered: true, retryAfterS: reply.retry_after_s ?? 0, entry }
  }

  private async ask(entry: Entry, refusal: Refusal): Promise<Sent> {
    if (entry.is_aside) {
      await settle(this.store, entry, 'refused', { code: refusal.code })
      return { end: 'next' }
    }
    await this.store.commands.where('id').equals(entry.id).modify({ state: 'asking', refusal })
    return { end: 'next' }
  }

  /** Note the failure. Returns whether the whole queue waits; when patience with one entry ends, only that one does. */
  private async backOff({ entry, answered, retryAfterS }: Failure): Promise<boolean> {
    if (retryAfterS > 0) return this.waitFor(turnMs(retryAfterS, this.random())) // a turn, no failure of the entry
    const attempts = entry.attempts + (answered ? 1 : 0)
    const outOfPatience = attempts > PATIENCE
    if (answered) {
      const nextAt = outOfPatience ? this.now() + waitMs(attempts, this.random()) : 0
      await this.store.commands.where('id').equals(entry.id).modify({ attempts, next_at: nextAt })
      if (outOfPatience) return false
    }
    this.failures += 1
    return this.waitFor(waitMs(this.failures, this.random()))
  }

  private waitFor(ms: number): true {
    this.nextAt = this.now() + ms
    return true
  }
}

const noAnswer = (entry: Entry): Failure => ({ end: 'failed', answered: false, retryAfterS: 0, entry })

const PHOTO_LOST: Refusal = {
  status: 422,
  code: 'outbox.photo_lost',
  zh: '这条记录的照片已不在手机里。',
  en: 'A photo of this record is no longer on the phone.',
  result: {},
}
