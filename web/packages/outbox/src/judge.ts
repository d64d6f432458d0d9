/** What an answer means for a command. Only a fate that names the command is an answer: a portal's 200 is not. */

import type { Fate, Refusal, Reply } from './types'

export type Judgement =
  { verdict: 'done'; fate: Fate } | { verdict: 'pause' } | { verdict: 'ask'; refusal: Refusal } | { verdict: 'retry' }

const COMES_BACK = new Set([408, 425, 429])

/** What an answer of the inbox means for each of the commands that were sent, in their order. */
export function judgeReplies(reply: Reply, commandIds: readonly string[]): Judgement[] {
  const fates = Array.isArray(reply.body) ? reply.body : undefined
  if (reply.status !== 200 || fates?.length !== commandIds.length) {
    const whole = reply.status === 401 ? ({ verdict: 'pause' } as const) : judgeNo(reply.status, reply.body)
    return commandIds.map(() => whole)
  }
  return commandIds.map((id, index) => judgeFate(fates[index], id))
}

function judgeFate(body: unknown, commandId: string): Judgement {
  const fate = readFate(body)
  if (fate?.command_id.toLowerCase() !== commandId.toLowerCase()) return { verdict: 'retry' }
  if (fate.outcome === 'applied' || fate.outcome === 'repeated') return { verdict: 'done', fate }
  return judgeNo(fate.status, body)
}

export type PhotoJudgement = { verdict: 'done' } | Exclude<Judgement, { verdict: 'done' }>

export function judgePhoto(reply: Reply, sha256: string): PhotoJudgement {
  if (reply.status === 401) return { verdict: 'pause' }
  if (reply.status === 200 || reply.status === 208) {
    return isRecord(reply.body) && reply.body.sha256 === sha256 ? { verdict: 'done' } : { verdict: 'retry' }
  }
  return judgeNo(reply.status, reply.body)
}

/** A no counts when it has the house's own code; anything else (proxy, CSRF page, portal) is tried again. */
function judgeNo(status: number, body: unknown): Exclude<Judgement, { verdict: 'done' }> {
  const refusal = readRefusal(status, body)
  if (!refusal || status < 400 || status >= 500 || COMES_BACK.has(status)) return { verdict: 'retry' }
  return { verdict: 'ask', refusal }
}

function readFate(body: unknown): Fate | null {
  if (!isRecord(body)) return null
  const { command_id, outcome, status } = body
  if (typeof command_id !== 'string' || typeof outcome !== 'string') return null
  return {
    command_id,
    outcome,
    status: typeof status === 'number' ? status : 200,
    code: text(body.code) || null,
    zh: text(body.zh) || null,
    en: text(body.en) || null,
    result: isRecord(body.result) ? body.result : {},
  }
}

function readRefusal(status: number, body: unknown): Refusal | null {
  if (!isRecord(body) || typeof body.code !== 'string') return null
  const facts = isRecord(body.facts) ? body.facts : {}
  return {
    status,
    code: body.code,
    zh: text(body.zh),
    en: text(body.en),
    result: isRecord(body.result) ? body.result : facts,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
