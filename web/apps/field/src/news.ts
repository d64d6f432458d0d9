import { whenIdle } from '@wangge/phone'
import { ref } from 'vue'
import { registerSW } from 'virtual:pwa-register'

/** A newer version of the app waits to be taken. */
export const hasNews = ref(false)
let take: (() => Promise<void>) | undefined

/** The worker puts the whole app on the phone: when the first screen has had its turn. */
export function watchForNews(): void {
  whenIdle(() => (take = registerSW({ immediate: true, onNeedRefresh: () => (hasNews.value = true) })))
}

export const takeNews = (): void => void take?.()
