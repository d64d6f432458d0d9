import 'fake-indexeddb/auto'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { watch } from 'vue'
import { useQueue } from '../src/queue'
import { useKept } from '../src/useKept'

describe('what the phone keeps of a page', () => {
  let person = 0
  beforeEach(() => {
    setActivePinia(createPinia())
    useQueue().open((person += 1), null)
  })

  it('is drawn once when the server says the same, and again when it says something else', async () => {
    let told = [{ id: 1, name: 'a' }]
    await useKept(
      () => 'today',
      () => Promise.resolve(told),
    ).run()
    const page = useKept(
      () => 'today',
      () => Promise.resolve(told.map((row) => ({ ...row }))),
    )
    let drawn = 0
    watch(page.data, () => (drawn += 1), { flush: 'sync' })
    await page.run()
    expect([drawn, page.data.value, page.keptAt.value]).toEqual([1, told, undefined])
    told = [{ id: 1, name: 'b' }]
    await page.run()
    expect([drawn, page.data.value]).toEqual([3, told])
  })
})
