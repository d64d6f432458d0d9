import { ref } from 'vue'
import { registerSW } from 'virtual:pwa-register'

/** A newer version of the app waits to be taken. */
export const hasNews = ref(false)
let take: (() => Promise<void>) | undefined

export function watchForNews(): void {
  take = registerSW({ onNeedRefresh: () => (hasNews.value = true) })
}

export const takeNews = (): void => void take?.()
