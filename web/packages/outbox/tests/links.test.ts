import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Reply, savePhoto, startTriggers, Store, submit, type Transport, Worker } from '../src'
import { City, makeCommand } from './city'

let store: Store
let city: City
let person = 0

beforeEach(() => {
  person += 1
  store = new Store(`link-${person}`)
  city = new City()
})

afterEach(() => store.close())

async function makePhoto(text: string): Promise<string> {
  return savePhoto(store, new TextEncoder().encode(text).buffer, 'image/jpeg')
}

const makeWorker = (transport: Transport = city) => new Worker({ store, transport, random: () => 0.5 })

describe('a link that never answers', () => {
  it.each(['sendCommands', 'sendPhoto'] as const)('ends %s after a while, and the queue goes on', async (silent) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const photo = await makePhoto('a long way')
      const command = makeCommand()
      await submit(store, { command, photos: [photo] })
      const signals: AbortSignal[] = []
      const never = (_value: unknown, signal: AbortSignal): Promise<never> => {
        signals.push(signal)
        return new Promise(() => undefined)
      }
      const link: Transport = {
        sendPhoto: (value) => city.sendPhoto(value),
        sendCommands: (value) => city.sendCommands(value),
        [silent]: never,
      }
      let end: string | undefined
      const flushed = makeWorker(link).flush()
      void flushed.then((found) => (end = found))
      for (let round = 0; round < 100 && end === undefined; round += 1) {
        await new Promise((done) => setImmediate(done))
        vi.advanceTimersByTime(5_000)
      }
      expect(await flushed).toBe('later')
      expect(signals.map((signal) => signal.aborted)).toEqual([true])
    } finally {
      vi.useRealTimers()
    }
    expect(await makeWorker().flush()).toBe('empty')
    expect(city.applied).toHaveLength(1)
  })

  it('that is cut by leaving is no fault', async () => {
    await submit(store, { command: makeCommand() })
    const asked = vi.fn()
    let answer: (reply: Reply) => void = () => undefined
    const worker = makeWorker({
      sendPhoto: (photo) => city.sendPhoto(photo),
      sendCommands: () => {
        asked()
        return new Promise<Reply>((done) => (answer = done))
      },
    })
    const heard = vi.fn()
    const triggers = startTriggers(worker, heard, heard)
    await vi.waitFor(() => expect(asked).toHaveBeenCalled())
    triggers.stop()
    store.close()
    answer({ status: 200, body: {} })
    await expect(worker.flush()).rejects.toThrow('closed')
    expect(heard).not.toHaveBeenCalled()
    store = new Store(`link-${person}`)
    expect(await store.commands.count()).toBe(1)
  })
})
