import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  discard,
  dropOldKept,
  type QueueCount,
  readDraft,
  saveDraft,
  savePhoto,
  sendAgain,
  sendOnTop,
  Store,
  submit,
  sweepPhotos,
  type Transport,
  unsentFile,
  watchQueue,
  Worker,
} from '../src'
import { City, makeCommand, makeFate, makeLink } from './city'

let store: Store
let city: City
let person = 0

beforeEach(() => {
  person += 1
  store = new Store(`person-${person}`)
  city = new City()
})

afterEach(() => store.close())

async function makePhoto(text: string): Promise<string> {
  return savePhoto(store, new TextEncoder().encode(text).buffer, 'image/jpeg')
}

const makeWorker = (transport: Transport = city, now?: () => number) =>
  new Worker({ store, transport, random: () => 0.5, ...(now ? { now } : {}) })

describe('handing in', () => {
  it('takes the draft away in the same moment', async () => {
    await saveDraft(store, 'order:1', { marks: {} })
    await submit(store, { command: makeCommand(), draft: 'order:1' })
    expect(await readDraft(store, 'order:1')).toBeUndefined()
    expect(await store.commands.count()).toBe(1)
  })

  it('a double tap is one command, also when the first has gone already', async () => {
    const command = makeCommand()
    await submit(store, { command })
    await submit(store, { command })
    expect(await store.commands.count()).toBe(1)
    await makeWorker().flush()
    await submit(store, { command })
    expect(await store.commands.count()).toBe(0)
  })

  it('counts what is unsent, at every change', async () => {
    const seen: QueueCount[] = []
    const stop = watchQueue(
      store,
      (count) => seen.push(count),
      (fault) => {
        throw fault
      },
    )
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({ waiting: 0, asking: 0 }))
    await submit(store, { command: makeCommand() })
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({ waiting: 1, asking: 0 }))
    await makeWorker().flush()
    await vi.waitFor(() => expect(seen.at(-1)).toEqual({ waiting: 0, asking: 0 }))
    stop()
  })
})

describe('sending', () => {
  it('lets what closes a shift go after all of it, also after what waits for a photo or a person', async () => {
    const photo = await makePhoto('door')
    const slow = makeCommand()
    const closing = makeCommand({ kind: 'patrols.log' })
    const later = makeCommand()
    await submit(store, { command: slow, subjects: ['order:1'], photos: [photo] })
    await submit(store, { command: makeCommand(), is_aside: true })
    await submit(store, { command: closing, subjects: ['log:1'], is_closing: true })
    await submit(store, { command: later, subjects: ['order:2'] })
    city.answers.set(slow.id, { status: 200, body: makeFate(slow.id, 'conflict', 409, 'kernel.version_conflict') })
    await makeWorker().flush()
    expect(city.applied).toContain(later.id)
    expect(city.applied).not.toContain(closing.id)
    await discard(store, slow.id)
    await makeWorker().flush({ force: true })
    expect(city.applied.at(-1)).toBe(closing.id)
  })

  it('goes oldest first, words before pictures, and pictures before their command', async () => {
    const log: string[] = []
    const transport: Transport = {
      sendPhoto: (photo) => {
        log.push('photo')
        return city.sendPhoto(photo)
      },
      sendCommands: (commands) => {
        log.push(commands.map(({ kind }) => kind).join(' '))
        return city.sendCommands(commands)
      },
    }
    const photo = await makePhoto('a blocked exit')
    await submit(store, { command: makeCommand({ kind: 'first' }) })
    await submit(store, { command: makeCommand({ kind: 'second' }), photos: [photo, photo] })
    await submit(store, { command: makeCommand({ kind: 'third' }) })
    expect(await makeWorker(transport).flush()).toBe('empty')
    expect(log).toEqual(['first third', 'photo', 'second'])
    expect(await store.photos.count()).toBe(0)
    expect((await store.receipts.toArray()).map((receipt) => receipt.outcome)).toEqual([
      'applied',
      'applied',
      'applied',
    ])
  })

  it('keeps a photo that a draft or another command still speaks of', async () => {
    const photo = await makePhoto('the same door')
    await saveDraft(store, 'order:2', {}, [photo])
    await submit(store, { command: makeCommand(), photos: [photo] })
    await makeWorker().flush()
    expect(await store.photos.count()).toBe(1)
  })

  it('sends what was handed in while it was sending', async () => {
    const late = makeCommand()
    const worker = makeWorker({
      sendPhoto: (photo) => city.sendPhoto(photo),
      sendCommands: async (commands) => {
        if (commands[0]?.id !== late.id) {
          await submit(store, { command: late })
          void worker.flush()
        }
        return city.sendCommands(commands)
      },
    })
    const first = makeCommand()
    await submit(store, { command: first })
    await worker.flush()
    expect(city.applied).toEqual([first.id, late.id])
  })

  it('a crash between receipt and delete sends nothing twice', async () => {
    const command = makeCommand()
    const photo = await makePhoto('before the crash')
    await submit(store, { command, photos: [photo] })
    const crash = (): never => {
      throw new Error('the app was killed')
    }
    store.commands.hook('deleting', crash)
    await expect(makeWorker().flush()).rejects.toThrow('killed')
    store.commands.hook('deleting').unsubscribe(crash)
    expect(await store.commands.count()).toBe(1)

    const again = vi.spyOn(city, 'sendCommands')
    expect(await makeWorker().flush()).toBe('empty')
    expect(again).not.toHaveBeenCalled()
    expect([await store.commands.count(), await store.photos.count(), await store.receipts.count()]).toEqual([0, 0, 1])
  })

  it('two tabs do not send at once', async () => {
    const locks = makeLocks()
    const other = new Store(store.name.replace('wangge-', ''))
    await submit(store, { command: makeCommand() })
    const ends = await Promise.all([
      new Worker({ store, transport: city, locks }).flush(),
      new Worker({ store: other, transport: city, locks }).flush(),
    ])
    expect(ends.sort()).toEqual(['busy', 'empty'])
    expect(city.applied).toHaveLength(1)
    other.close()
  })
})

describe('when it does not go', () => {
  it('no answer: the queue waits, longer each time, and order is kept', async () => {
    let now = 1_000_000
    let dead = true
    const link = makeLink(city, () => (dead ? 'lost_before' : 'none'))
    const commands = [makeCommand(), makeCommand()]
    for (const command of commands) await submit(store, { command })
    const worker = makeWorker(link, () => now)
    const waits: number[] = []
    for (let round = 0; round < 12; round += 1) {
      expect(await worker.flush()).toBe('later')
      expect(await worker.flush()).toBe('later')
      waits.push(worker.nextAt - now)
      now = worker.nextAt
    }
    expect(waits.slice(0, 3)).toEqual([1_500, 3_000, 6_000])
    expect(waits.at(-1)).toBe(225_000)
    dead = false
    expect(await worker.flush()).toBe('empty')
    expect(city.applied).toEqual(commands.map((command) => command.id))
  })

  it('a server that tells a turn is asked again then, as often as it takes, and order is kept', async () => {
    let now = 1_000_000
    const commands = [makeCommand(), makeCommand()]
    for (const command of commands) await submit(store, { command, subjects: ['case:1'] })
    for (const { id } of commands) city.answers.set(id, { status: 429, body: null, retry_after_s: 7 })
    const worker = makeWorker(city, () => now)
    for (let round = 0; round < 9; round += 1) {
      expect(await worker.flush()).toBe('later')
      expect(worker.nextAt - now).toBe(7_500)
      now = worker.nextAt
    }
    city.answers.clear()
    expect(await worker.flush()).toBe('empty')
    expect(city.applied).toEqual(commands.map((command) => command.id))
  })

  it('a command on which the server keeps failing lets others pass, but none on its own subject', async () => {
    let now = 1_000_000
    const poison = makeCommand()
    const after = makeCommand()
    const other = makeCommand()
    city.answers.set(poison.id, { status: 500, body: null })
    await submit(store, { command: poison, subjects: ['case:1'] })
    await submit(store, { command: after, subjects: ['case:1'] })
    await submit(store, { command: other, subjects: ['case:2'] })
    const worker = makeWorker(city, () => now)
    for (let round = 0; round < 6; round += 1) {
      await worker.flush()
      now = Math.max(now + 1, worker.nextAt)
    }
    expect(city.applied).toEqual([other.id])
    city.answers.clear()
    await worker.flush({ force: true })
    expect(city.applied).toEqual([other.id, poison.id, after.id])
  })

  it('401 pauses until somebody has logged in', async () => {
    const command = makeCommand()
    city.answers.set(command.id, { status: 401, body: null })
    await submit(store, { command })
    const worker = makeWorker()
    expect(await worker.flush()).toBe('paused')
    expect(await worker.flush({ force: true })).toBe('paused')
    city.answers.clear()
    expect(await worker.resume()).toBe('empty')
    expect(city.applied).toEqual([command.id])
  })

  it.each([
    [409, 'conflict', 'kernel.version_conflict'],
    [404, 'refused', 'kernel.not_visible'],
    [403, 'refused', 'kernel.not_your_role'],
    [422, 'unreadable', 'kernel.unreadable'],
  ])('%i is kept, with both sides, until somebody decides', async (status, outcome, code) => {
    const command = makeCommand()
    city.answers.set(command.id, { status, body: makeFate(command.id, outcome, status, code) })
    await submit(store, { command, subjects: ['case:1'] })
    await submit(store, { command: makeCommand(), subjects: ['case:1'] })
    expect(await makeWorker().flush()).toBe('empty')
    expect(city.applied).toEqual([])
    const [entry] = await store.commands.toArray()
    expect(entry).toMatchObject({
      state: 'asking',
      command,
      refusal: { status, code, zh: '不行', result: { version: 7 } },
    })

    await discard(store, command.id)
    expect(await makeWorker().flush()).toBe('empty')
    expect(city.applied).toHaveLength(1)
    expect(await store.receipts.get(command.id)).toMatchObject({ outcome: 'discarded', command })
  })

  it('can be said anew on top of what the server has now', async () => {
    const command = makeCommand()
    city.answers.set(command.id, {
      status: 409,
      body: makeFate(command.id, 'conflict', 409, 'kernel.version_conflict'),
    })
    await submit(store, { command })
    await makeWorker().flush()
    const fresh = await sendOnTop(store, command.id, 7)
    await makeWorker().flush()
    expect(city.applied).toEqual([fresh])
    expect((await store.receipts.get(fresh))?.command).toMatchObject({ base_version: 7, at: command.at })
  })

  it('can be sent again as it was, photos too', async () => {
    const command = makeCommand()
    const photo = await makePhoto('lost by the server')
    city.answers.set(command.id, { status: 422, body: makeFate(command.id, 'unreadable', 422, 'kernel.unreadable') })
    await submit(store, { command, photos: [photo] })
    await makeWorker().flush()
    city.photos.clear()
    city.answers.clear()
    await sendAgain(store, command.id)
    await makeWorker().flush()
    expect(city.applied).toEqual([command.id])
    expect([...city.photos]).toEqual([photo])
  })

  it('a photo that is no longer there is asked about, not skipped', async () => {
    await submit(store, { command: makeCommand(), photos: ['0'.repeat(64)] })
    await makeWorker().flush()
    expect(await store.commands.toCollection().first()).toMatchObject({
      state: 'asking',
      refusal: { code: 'outbox.photo_lost' },
    })
  })
})

describe('keeping house', () => {
  it('forgets what was read a month ago, and no receipts or reads of this month', async () => {
    const day = 86_400_000
    const now = Date.now()
    await store.kept.bulkPut([
      { key: 'order:old', value: {}, kept_at: now - 31 * day },
      { key: 'today', value: [], kept_at: now - 29 * day },
    ])
    await dropOldKept(store, now)
    expect(await store.kept.toCollection().primaryKeys()).toEqual(['today'])
  })

  it('sweeps photos that came into nothing, and no others', async () => {
    const used = await makePhoto('used')
    await makePhoto('unused')
    await saveDraft(store, 'order:3', {}, [used])
    await sweepPhotos(store, Date.now() + 3_600_000)
    expect(await store.photos.count()).toBe(2)
    await sweepPhotos(store, Date.now() + 2 * 86_400_000)
    expect((await store.photos.toArray()).map((photo) => photo.sha256)).toEqual([used])
  })

  it('writes the unsent into a file, photos with it', async () => {
    const photo = await makePhoto('abc')
    const command = makeCommand()
    await submit(store, { command, photos: [photo], label: 'Noodle shop' })
    const file = await unsentFile(store)
    expect(file.commands).toEqual([{ command, label: 'Noodle shop', refusal: null, photos: [photo] }])
    expect(file.photos).toEqual([{ sha256: photo, media_type: 'image/jpeg', base64: 'YWJj' }])
  })
})

/** Web Locks, as far as the worker uses them. */
function makeLocks(): Pick<LockManager, 'request'> {
  const held = new Set<string>()
  const request = async (
    name: string,
    _options: unknown,
    grant: (lock: Lock | null) => Promise<unknown>,
  ): Promise<unknown> => {
    if (held.has(name)) return grant(null)
    held.add(name)
    return grant({ name, mode: 'exclusive' }).finally(() => held.delete(name))
  }
  return { request: request as LockManager['request'] }
}
