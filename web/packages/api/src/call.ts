import { client } from './generated/client.gen'
import { offline, toError } from './refusal'

let csrfToken = ''
let actingPost = ''
let onSignedOut: () => void = () => undefined

/** The token of `Me.csrf_token`: every write carries it. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/**
 * The post that this page acts in (`Me.post_id`): every call names it, so that a page left open never acts in another
 * one that was chosen elsewhere meanwhile.
 */
export function setActingPost(post: number | null): void {
  actingPost = post === null ? '' : String(post)
}

/** What to do when the session has ended on the server (401 on any call but log-in). */
export function whenSignedOut(react: () => void): void {
  onSignedOut = react
}

/** The header that names the post, for what is fetched without `call`: tiles of a map. */
export const postHeaders = (): Record<string, string> => (actingPost === '' ? {} : { [POST_HEADER]: actingPost })

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

client.setConfig({
  baseUrl: '',
  credentials: 'same-origin',
  querySerializer: { array: { explode: true, style: 'form' } },
})

export const POST_HEADER = 'Wangge-Post'
/** Calls about the session itself: they must work when the post is over. */
const OF_THE_SESSION = /\/accounts\/(login|logout|me|me\/post)$/

client.interceptors.request.use((request) => {
  const isOfPost = actingPost !== '' && !OF_THE_SESSION.test(new URL(request.url).pathname)
  if (isOfPost && !request.headers.has(POST_HEADER)) request.headers.set(POST_HEADER, actingPost)
  if (csrfToken !== '' && !READS.has(request.method)) request.headers.set('X-CSRFToken', csrfToken)
  return request
})

interface Answer<T> {
  data?: T
  error?: unknown
  response?: Response
}

/** Wait for a generated call; return its data or throw an `ApiError`. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch(() => ({
    data: undefined,
    error: undefined,
    response: undefined,
  }))
  if (response === undefined) throw offline()
  if (!response.ok) {
    if (response.status === 401 && !response.url.endsWith('/login')) onSignedOut()
    throw toError(response.status, error)
  }
  return data as T
}
