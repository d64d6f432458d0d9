import { asError, setCsrfToken } from '@wangge/api'
import { rememberedMe, rememberMe, type useQueue } from '@wangge/phone'
import type { useSession } from '@wangge/session'

type Session = ReturnType<typeof useSession>
type Queue = ReturnType<typeof useQueue>

/** The app opens at once for who used it last, with or without signal; the server is asked meanwhile. */
export async function recognise(session: Session, queue: Queue): Promise<void> {
  if (session.isSignedIn) return welcome(session, queue)
  const last = session.isAsked ? undefined : rememberedMe()
  if (!last) {
    await session.restore()
    return welcome(session, queue)
  }
  session.me = last
  setCsrfToken(last.csrf_token)
  queue.open(last.id, last.post_id)
  void askAgain(session, queue, last.id)
}

async function askAgain(session: Session, queue: Queue, lastId: number): Promise<void> {
  try {
    await session.restore()
  } catch (cause) {
    if (asError(cause).kind !== 'offline') console.warn(cause)
    window.addEventListener('online', () => void askAgain(session, queue, lastId), { once: true })
    return
  }
  if (!session.me) return // a 401: whoever called asks for log-in
  if (session.me.id === lastId) return welcome(session, queue)
  rememberMe(session.me)
  window.location.reload() // another person logged in on this phone: nothing of the first one may stay on screen
}

function welcome(session: Session, queue: Queue): void {
  if (!session.me) return
  rememberMe(session.me)
  queue.open(session.me.id, session.me.post_id)
}
