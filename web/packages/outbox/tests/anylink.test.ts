/** Over any link, and killed at any write: nothing is lost, nothing doubled, and on each subject order is kept. */

import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type Command, type Reply, savePhoto, Store, submit, type Transport, Worker } from '../src'
import { City, makeCommand } from './city'

const FAULTS = ['none', 'none', 'cut', 'lost', 'twice', 'late', 'error_500', 'portal', 'half'] as const
type Fault = (typeof FAULTS)[number]

interface Deed {
  subject: number
  photos: number
}
const deeds = fc.array(fc.record({ subject: fc.nat(3), photos: fc.nat(2) }), { minLength: 1, maxLength: 12 })
const faults = fc.array(fc.constantFrom<Fault>(...FAULTS), { maxLength: 40 })
/** After so many writes of the database the app is killed. */
const kills = fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 6 })

let person = 0
const open: Store[] = []
afterEach(() => open.splice(0).forEach((store) => store.close()))

function openStore(name: string): Store {
  const store = new Store(name)
  open.push(store)
  return store
}

/** The link: each call meets the next fault; what was cut as "late" arrives after the next calls. */
function makeLink(city: City, given: readonly Fault[]): Transport {
  const next = given[Symbol.iterator]()
  const late: (() => Promise<Reply>)[] = []

  async function through(call: () => Promise<Reply>): Promise<Reply> {
    const { value: fault = 'none' } = next.next() as { value?: Fault }
    if (fault === 'late') {
      late.push(call)
      throw new TypeError('Failed to fetch')
    }
    if (fault === 'cut') throw new TypeError('Failed to fetch')
    if (fault === 'error_500') return { status: 502, body: '<html>bad gateway</html>' }
    if (fault === 'portal') return { status: 200, body: '<html>please accept the terms</html>' }
    const reply = await call()
    if (fault === 'twice') await call()
    while (late.length > 1) await late.shift()?.()
    if (fault === 'lost') throw new TypeError('Failed to fetch')
    if (fault === 'half' && Array.isArray(reply.body)) return { ...reply, body: reply.body.slice(1) }
    return reply
  }
  return {
    sendPhoto: (photo) => through(() => city.sendPhoto(photo)),
    sendCommands: (commands) => through(() => city.sendCommands(commands)),
  }
}

/** Let every write count; at the number that is due, the app dies in the middle of it. */
function countWrites(store: Store, due: () => number | undefined): void {
  let writes = 0
  const count = (): void => {
    writes += 1
    if (writes === due()) throw new Error('the app was killed')
  }
  for (const table of [store.commands, store.receipts, store.photos]) {
    table.hook('creating', count)
    table.hook('updating', count)
    table.hook('deleting', count)
  }
}

async function handIn(store: Store, given: readonly Deed[], name: string): Promise<Command[]> {
  const made: Command[] = []
  for (const [index, { subject, photos }] of given.entries()) {
    const command = makeCommand({ payload: { index } })
    const digests: string[] = []
    for (let n = 0; n < photos; n += 1) {
      const bytes = new TextEncoder().encode(`${name} ${index} ${n}`).buffer
      digests.push(await savePhoto(store, bytes, 'image/jpeg'))
    }
    await submit(store, { command, photos: digests, subjects: [`case:${subject}`] })
    made.push(command)
  }
  return made
}

describe('the outbox', () => {
  it('brings everything home once and in order, whatever happens', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(deeds, faults, kills, async (given, bad, deaths) => {
        person += 1
        const name = `any-${person}`
        const city = new City()
        let store = openStore(name)
        const made = await handIn(store, given, name)
        const link = makeLink(city, bad)
        const left = [...deaths]
        for (let round = 0; round < 300 && (await store.commands.count()) > 0; round += 1) {
          const due = left.shift()
          countWrites(store, () => due)
          await new Worker({ store, transport: link, random: () => 0 }).flush({ force: true }).catch((fault) => {
            expect(String(fault)).toContain('killed')
          })
          store.close()
          store = openStore(name) // opened again
        }
        expect(new Set(city.applied)).toEqual(new Set(made.map(({ id }) => id)))
        expect(city.applied).toHaveLength(made.length)
        for (const subject of [0, 1, 2, 3]) {
          const its = made.filter((_, index) => given[index]?.subject === subject).map(({ id }) => id)
          expect(city.applied.filter((id) => its.includes(id))).toEqual(its)
        }
        expect(city.photos.size).toBe(given.reduce((sum, { photos }) => sum + photos, 0))
        expect([await store.commands.count(), await store.photos.count(), await store.receipts.count()]).toEqual([
          0,
          0,
          made.length,
        ])
      }),
      { numRuns: Number(process.env.WANGGE_RUNS ?? 60) },
    )
  })
})
