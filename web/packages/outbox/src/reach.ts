import type { Reply } from './types'

/** Return the reply, or null if none came in time: the command stays, and its id makes the next try harmless. */
export async function reach(call: (signal: AbortSignal) => Promise<Reply>, limitMs: number): Promise<Reply | null> {
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
    return null
  } finally {
    clearTimeout(timer)
  }
}
