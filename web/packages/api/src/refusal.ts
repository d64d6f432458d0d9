import type { FateOut, Refusal } from './generated'

/** What kind of no it was: it decides what a page offers next. */
export type NoKind = 'offline' | 'login' | 'role' | 'missing' | 'state' | 'shape' | 'wait' | 'server'

const KINDS: Record<number, NoKind> = {
  401: 'login',
  403: 'role',
  404: 'missing',
  409: 'state',
  422: 'shape',
  429: 'wait',
}

/** Every failed call becomes one of these: a code, and a sentence for people in both languages. */
export class ApiError extends Error {
  readonly kind: NoKind
  constructor(
    readonly status: number,
    readonly code: string,
    readonly zh: string,
    readonly en: string,
    readonly facts: Record<string, string> = {},
  ) {
    super(`${code}: ${en}`)
    this.name = 'ApiError'
    this.kind = status === 0 ? 'offline' : (KINDS[status] ?? 'server')
  }

  text(locale: string): string {
    return locale.startsWith('zh') ? this.zh : this.en
  }
}

export const offline = () =>
  new ApiError(
    0,
    'web.offline',
    '连不上服务器，请检查网络后重试。',
    'The server cannot be reached. Check the network and try again.',
  )

const broken = (status: number) =>
  new ApiError(
    status,
    'web.server_failed',
    `服务器出错（${status}），请稍后重试；若反复出现，请联系管理员。`,
    `The server failed (${status}). Try again; if it stays so, tell the administrator.`,
  )

function isRefusal(body: unknown): body is Refusal | FateOut {
  if (typeof body !== 'object' || body === null) return false
  const { code, zh, en } = body as Record<string, unknown>
  return typeof code === 'string' && typeof zh === 'string' && typeof en === 'string'
}

/** Return the typed error for a status and whatever body came with it. */
export function toError(status: number, body: unknown): ApiError {
  if (!isRefusal(body)) return broken(status)
  const facts = 'facts' in body ? (body.facts as Record<string, string>) : {}
  return new ApiError(status, body.code ?? '', body.zh ?? '', body.en ?? '', facts)
}

export const asError = (cause: unknown): ApiError =>
  cause instanceof ApiError
    ? cause
    : new ApiError(-1, 'web.fault', `页面出错：${String(cause)}`, `The page failed: ${String(cause)}`)
