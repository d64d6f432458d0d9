/** The way of the outbox to the server: the generated calls, with the raw answer given back. */

import { completeOrder, reportCase, storeFile, takeStep } from '@wangge/api'
import type { CaseReport, OrderResult, StepCommand } from '@wangge/api'
import type { Command, Photo, Reply, Transport } from '@wangge/outbox'

export type Kind = 'orders.complete' | 'cases.report' | 'cases.step'

interface Raw {
  data?: unknown
  error?: unknown
  response?: Response | undefined
}

type Send = (command: Command) => Promise<Raw>

const SENDERS: Record<Kind, Send> = {
  'orders.complete': (command) => completeOrder({ body: bodyOf(command) as unknown as OrderResult }),
  'cases.report': (command) => reportCase({ body: bodyOf(command) as unknown as CaseReport }),
  'cases.step': (command) => takeStep({ body: bodyOf(command) as unknown as StepCommand }),
}

function bodyOf({ id, at, base_version, payload }: Command): Record<string, unknown> {
  return { ...payload, id, at, base_version }
}

async function replyOf(answer: Promise<Raw>): Promise<Reply> {
  const { data, error, response } = await answer
  if (!response) throw new TypeError('no answer')
  const wait = Number(response.headers.get('Retry-After'))
  return { status: response.status, body: data ?? error, retry_after_s: wait > 0 ? wait : undefined }
}

export const transport: Transport = {
  sendPhoto({ bytes, media_type, sha256 }: Photo): Promise<Reply> {
    const file = new File([bytes], `${sha256.slice(0, 12)}.jpg`, { type: media_type })
    return replyOf(storeFile({ body: { file } }))
  },
  sendCommand(command: Command): Promise<Reply> {
    const send = SENDERS[command.kind as Kind]
    if (!send) throw new Error(`this app knows no command ${command.kind}`)
    return replyOf(send(command))
  },
}
