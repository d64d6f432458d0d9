import { actInPost, ApiError, call, getMe, logIn, logOut, setActingPost, setCsrfToken, type Me } from '@wangge/api'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

/** Who is logged in. The only store besides the outbox. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const isAsked = ref(false)

  function keep(found: Me | null): void {
    me.value = found
    isAsked.value = true
    setCsrfToken(found?.csrf_token ?? '')
    setActingPost(found?.post_id ?? null)
  }

  /** Ask the server who this is, once a page load. Offline and server faults are thrown. */
  async function restore(): Promise<void> {
    if (isAsked.value) return
    try {
      keep(await call(getMe()))
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.kind !== 'login') throw cause
      keep(null)
    }
  }

  async function enter(username: string, password: string): Promise<void> {
    keep(await call(logIn({ body: { username, password } })))
  }

  async function leave(): Promise<void> {
    await call(logOut())
    keep(null)
  }

  /** Go on in another of the own posts. What is on screen is of the old one: open a fresh page afterwards. */
  async function actIn(post: number): Promise<void> {
    if (post !== me.value?.post_id) keep(await call(actInPost({ body: { post_id: post } })))
  }

  const can = (capability: string): boolean => me.value?.capabilities.includes(capability) ?? false

  return {
    me,
    isAsked,
    isSignedIn: computed(() => me.value !== null),
    restore,
    enter,
    leave,
    actIn,
    forget: () => keep(null),
    can,
  }
})
