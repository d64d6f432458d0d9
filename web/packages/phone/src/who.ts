/** Who used this phone last: the app opens without signal, for the person whose data it holds. */

import type { Me } from '@wangge/api'

const KEY = 'wangge.me'

export function rememberMe(me: Me): void {
  localStorage.setItem(KEY, JSON.stringify(me))
}

export function rememberedMe(): Me | undefined {
  const text = localStorage.getItem(KEY)
  if (text === null) return undefined
  try {
    return JSON.parse(text) as Me
  } catch {
    return undefined
  }
}

export function forgetMe(): void {
  localStorage.removeItem(KEY)
}
