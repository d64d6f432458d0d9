import { whenSignedOut } from '@wangge/api'
import { breathe, useQueue, useSlice } from '@wangge/phone'
import { useSession } from '@wangge/session'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { getI18n } from './i18n'
import { makeRouter } from './router'
import { watchForNews } from './news'
import './theme.css'

async function start(): Promise<void> {
  // In dev one full stylesheet serves all components; a build carries the style of each used one.
  if (import.meta.env.DEV) await import('vant/lib/index.css')
  const i18n = await getI18n()
  await breathe() // each of these is a piece of work by itself on a cheap phone
  const app = createApp(App).use(createPinia()).use(i18n)
  const session = useSession()
  const queue = useQueue()
  const router = makeRouter(session, queue)
  const slice = useSlice()
  let isAsking = false
  whenSignedOut(() => {
    const { me } = session
    if (!me || isAsking || slice.isRevoked) return // nobody was signed in: the guard asks for log-in
    isAsking = true
    // The log-in of a phone that was revoked has ended too: then it hands over, and asks nobody to log in.
    void slice.sync().then(() => {
      isAsking = false
      if (slice.isRevoked) return void (session.me = me)
      session.forget()
      queue.isPaused = true
      const { name, fullPath } = router.currentRoute.value
      if (name !== 'login') void router.push({ name: 'login', query: { next: fullPath, ended: '1' } })
    })
  })
  app.use(router)
  // Until the first page is known the splash of index.html stays; whatever came of it, the app says so.
  await router.isReady().catch(console.warn)
  await breathe()
  app.mount('#app')
  watchForNews()
}

void start()
