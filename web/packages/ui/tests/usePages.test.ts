import { ApiError } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import { useLoad } from '../src/useLoad'
import { usePages, type Page } from '../src/usePages'

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (cause: unknown) => void } {
  let settle: Pick<ReturnType<typeof later<T>>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  if (!settle) throw new Error('a promise runs its executor at once')
  return { promise, ...settle }
}

const page = (items: string[], next: string | null = null): Page<string> => ({
  items,
  total: 1200,
  total_is_exact: false,
  next_cursor: next,
})

describe('usePages', () => {
  it('adds the next page after the cursor of the last', async () => {
    const asked: string[] = []
    const list = usePages((cursor) => {
      asked.push(cursor)
      return Promise.resolve(cursor === '' ? page(['a', 'b'], 'c1') : page(['c']))
    })
    await list.restart()
    expect(list.hasMore.value).toBe(true)
    await list.more()
    expect(asked).toEqual(['', 'c1'])
    expect(list.rows.value).toEqual(['a', 'b', 'c'])
    expect(list.hasMore.value).toBe(false)
    expect(list.count.value).toBe('1,200+')
  })

  it('drops an older answer that comes after a newer question', async () => {
    const answers = [later<Page<string>>(), later<Page<string>>()]
    let nth = 0
    const list = usePages(() => {
      nth += 1
      return answers[nth - 1]?.promise ?? Promise.reject(new Error('asked too often'))
    })
    const [first, second] = [list.restart(), list.restart()]
    answers[1]?.resolve(page(['new']))
    await second
    answers[0]?.resolve(page(['old']))
    await first
    expect(list.rows.value).toEqual(['new'])
  })

  it('keeps the rows on the screen when a reload fails', async () => {
    let isBroken = false
    const list = usePages(() =>
      isBroken ? Promise.reject(new ApiError(500, 'x.y', '坏', 'broken')) : Promise.resolve(page(['a'])),
    )
    await list.restart()
    isBroken = true
    await list.reload()
    expect(list.rows.value).toEqual(['a'])
    expect(list.error.value?.code).toBe('x.y')
  })
})

describe('useLoad', () => {
  it('forgets the error once it succeeds', async () => {
    const tries = [Promise.reject(new Error('net')), Promise.resolve(7)]
    const load = useLoad(() => tries.shift() ?? Promise.resolve(0))
    await load.run()
    expect(load.error.value?.code).toBe('web.fault')
    await load.run()
    expect(load.error.value).toBeUndefined()
    expect(load.data.value).toBe(7)
  })
})
