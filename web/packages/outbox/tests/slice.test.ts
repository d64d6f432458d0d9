import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  applySlice,
  correctClock,
  readClock,
  readCursor,
  readDevice,
  readSliced,
  rowsOf,
  Store,
  submit,
  Worker,
} from '../src'
import { City, makeCommand, makeLink } from './city'

let store: Store
let person = 0
const DAY = 86_400_000

beforeEach(() => {
  person += 1
  store = new Store(`slice-${person}`)
})
afterEach(() => store.close())

const row = (key: string, value: unknown) => ({ key, value })

describe('the slice', () => {
  it('comes whole, then only what changed and what is gone', async () => {
    const first = [row('order:1', { id: 1, checklist_id: 4 }), row('order:2', { id: 2 }), row('checklist:4', { n: 9 })]
    await applySlice(store, { cursor: 'a', is_whole: true, changed: first, removed: [] }, 100)
    expect(await readSliced(store, 'order:1')).toEqual({
      value: { id: 1, checklist_id: 4, checklist: { n: 9 } },
      at: 100,
    })
    expect((await readSliced(store, 'today'))?.value).toHaveLength(2)
    const later = { cursor: 'b', is_whole: false, changed: [row('venue:7', { id: 7 })], removed: ['order:2'] }
    await applySlice(store, later, 200)
    expect(await readCursor(store)).toEqual({ cursor: 'b', at: 200 })
    expect(await readSliced(store, 'order:2')).toBeUndefined()
    expect(await rowsOf(store, 'venue:')).toEqual([{ id: 7 }])
    await applySlice(store, { cursor: 'c', is_whole: true, changed: [], removed: [] }, 300)
    expect(await rowsOf(store, '')).toEqual([])
  })

  it('is there as a whole or not at all, also when the app is killed while it is written', async () => {
    await applySlice(store, { cursor: 'a', is_whole: true, changed: [row('venue:1', 1)], removed: [] })
    const kill = (): void => {
      throw new Error('killed')
    }
    store.facts.hook('updating', kill)
    const half = { cursor: 'b', is_whole: true, changed: [row('venue:2', 2)], removed: [] }
    await expect(applySlice(store, half)).rejects.toThrow()
    const name = store.name.replace('wangge-', '')
    store.close()
    store = new Store(name)
    expect((await readCursor(store))?.cursor).toBe('a')
    expect(await rowsOf(store, 'venue:')).toEqual([1])
  })

  it('names the phone once', async () => {
    let made = 0
    const make = () => ({ id: `d${(made += 1)}`, key: 'k' })
    expect([await readDevice(store, make), await readDevice(store, make)]).toEqual([
      { id: 'd1', key: 'k' },
      { id: 'd1', key: 'k' },
    ])
  })
})

describe('a clock that is wrong by a day', () => {
  it('is put right in what was never sent, and never twice', async () => {
    const command = makeCommand({ at: '2026-05-02T00:00:00.000Z' })
    await submit(store, { command })
    expect(await correctClock(store, DAY)).toBe(1)
    expect(await correctClock(store, DAY)).toBe(0)
    expect((await store.commands.toArray())[0]?.command.at).toBe('2026-05-01T00:00:00.000Z')
    await correctClock(store, 0)
    expect((await store.commands.toArray())[0]?.command.at).toBe(command.at)
    expect(await readClock(store)).toBe(0)
  })

  it('leaves alone what was on its way: the server may have it', async () => {
    const city = new City()
    const command = makeCommand({ at: '2026-05-02T00:00:00.000Z' })
    await submit(store, { command })
    const random = () => 0.5
    await new Worker({ store, transport: makeLink(city, () => 'lost_after'), random }).flush()
    expect(city.applied).toEqual([command.id])
    expect(await correctClock(store, DAY)).toBe(0)
    expect(await new Worker({ store, transport: city, random }).flush({ force: true })).toBe('empty')
    expect((await store.receipts.get(command.id))?.outcome).toBe('repeated')
  })

  it('is asked for before anything goes out', async () => {
    const city = new City()
    const command = makeCommand({ at: '2026-05-02T00:00:00.000Z' })
    await submit(store, { command })
    const before = async (): Promise<void> => void (await correctClock(store, DAY))
    await new Worker({ store, transport: city, before }).flush()
    expect((await store.receipts.get(command.id))?.command.at).toBe('2026-05-01T00:00:00.000Z')
  })
})
