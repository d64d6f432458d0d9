import { whenSignedOut } from '@wangge/api'
import { useSession } from '@wangge/session'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { getI18n } from './i18n'
import { makeRouter } from './router'
import 'element-plus/es/components/message/style/css'
import './theme.css'

async function start(): Promise<void> {
  // In dev one full stylesheet serves all components; a build carries the style of each used one.
  if (import.meta.env.DEV) await import('element-plus/dist/index.css')
  const app = createApp(App)
    .use(createPinia())
    .use(await getI18n())
  const session = useSession()
  const router = makeRouter(session)
  whenSignedOut(() => {
    session.forget()
    const { name, fullPath } = router.currentRoute.value
    if (name !== 'login') void router.push({ name: 'login', query: { next: fullPath, ended: '1' } })
  })
  app.use(router).mount('#app')
}

void start()
