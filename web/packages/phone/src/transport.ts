/** The way of the outbox to the server: the generated calls, with the raw answer given back. */

import {
  addPhotoPart,
  answerCensus,
  completeOrder,
  countPhotoBytes,
  getMe,
  ingestPoints,
  POST_HEADER,
  recordDecisions,
  reportCase,
  setCsrfToken,
  storeFile,
  takeDuty,
  takeStep,
} from '@wangge/api'
import type {
  AnswerIn,
  CaseReport,
  DecisionIn,
  DutyCommand,
  IngestPointsData,
  Me,
  OrderResult,
  PhotoPartOut,
  StepCommand,
} from '@wangge/api'
import type { Command, Photo, Reply, Transport } from '@wangge/outbox'

export type Kind =
  'orders.complete' | 'cases.report' | 'cases.step' | 'census.answer' | 'patrols.duty' | 'patrols.points'

interface Raw {
  data?: unknown
  error?: unknown
  response?: Response | undefined
}

type Send = (command: Command, signal: AbortSignal) => Promise<Raw>

const SENDERS: Record<Kind, Send> = {
  'orders.complete': (command, signal) =>
    completeOrder({ signal, headers: postOf(command), body: bodyOf(command) as unknown as OrderResult }),
  'cases.report': sendReport,
  'cases.step': (command, signal) =>
    takeStep({ signal, headers: postOf(command), body: bodyOf(command) as unknown as StepCommand }),
  'census.answer': sendCensusAnswer,
  'patrols.duty': (command, signal) =>
    takeDuty({ signal, headers: postOf(command), body: bodyOf(command) as unknown as DutyCommand }),
  'patrols.points': (command, signal) =>
    ingestPoints({
      signal,
      headers: postOf(command),
      body: { ...command.payload, id: command.id } as unknown as IngestPointsData['body'],
    }),
}

/** A census takes a batch and answers with a fate each: this is a batch of one. */
async function sendCensusAnswer(command: Command, signal: AbortSignal): Promise<Raw> {
  const { census_id, ...said } = command.payload
  const answer = await answerCensus({
    signal,
    headers: postOf(command),
    path: { census_id: String(census_id) },
    body: [{ ...said, id: command.id, at: command.at } as unknown as AnswerIn],
  })
  return { ...answer, data: answer.data?.[0] }
}

/** The post in which it was made, however the person acts by now. */
function postOf({ post }: Command): Record<string, string> {
  return post === undefined ? {} : { [POST_HEADER]: String(post) }
}

function bodyOf({ id, at, base_version, payload }: Command): Record<string, unknown> {
  return { ...payload, id, at, base_version }
}

/**
 * Send a report and, once the server has it, what was suggested to its writer (`suggested`): beside the work, so
 * that its failure holds nobody up. Sent again after a lost answer, both are what they were.
 */
async function sendReport(command: Command, signal: AbortSignal): Promise<Raw> {
  const { suggested, ...body } = bodyOf(command)
  const answer = await reportCase({ signal, headers: postOf(command), body: body as unknown as CaseReport })
  if (suggested && answer.response?.ok) {
    const decision = { ...suggested, case_id: command.id, at: command.at, stage: 'report' } as DecisionIn
    recordDecisions({ headers: postOf(command), body: [decision] }).catch((cause: unknown) => {
      console.warn('the decision was not recorded', cause)
    })
  }
  return answer
}

async function replyOf(answer: Promise<Raw>): Promise<Reply> {
  const { data, error, response } = await answer
  if (!response) throw new TypeError('no answer')
  const wait = Number(response.headers.get('Retry-After'))
  return { status: response.status, body: data ?? error, retry_after_s: wait > 0 ? wait : undefined }
}

/** A photo larger than this goes in parts: after a cut it goes on where it ended. */
const PART_BYTES = 96 * 1024

/** The server says after each part from where to go on; a part that came twice changes nothing. */
async function sendInParts(
  { bytes, sha256 }: Pick<Photo, 'bytes' | 'sha256'>,
  surely: (send: () => Promise<Reply>) => Promise<Reply>,
  signal: AbortSignal,
): Promise<Reply> {
  const size = bytes.byteLength
  const path = { sha256 }
  let reply = await surely(() => replyOf(countPhotoBytes({ path, signal })))
  for (let left = 2 * Math.ceil(size / PART_BYTES) + 2; left > 0; left -= 1) {
    const told = reply.body as Partial<PhotoPartOut> | undefined
    if (reply.status !== 200 || typeof told?.received_bytes !== 'number') return reply
    if (told.is_whole) return { ...reply, body: { sha256 } }
    const offset = told.received_bytes
    const file = new File([bytes.slice(offset, offset + PART_BYTES)], 'part')
    reply = await surely(() => replyOf(addPhotoPart({ path, query: { offset, size }, body: { file }, signal })))
  }
  return reply
}

/** A 403 without a code of the house: the token is of another session. */
const isForeignToken = ({ status, body }: Reply): boolean =>
  status === 403 && typeof (body as { code?: unknown } | undefined)?.code !== 'string'

/**
 * The transport of one person's queue. Who logs in again elsewhere in this browser renews the token: it is fetched
 * anew. Is it another person by now, nothing is sent: their session must not sign for this one's work.
 */
export function makeTransport(person: number, onStranger: (me: Me) => void): Transport {
  async function surely(send: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> {
    const reply = await send()
    if (!isForeignToken(reply)) return reply
    const asked = await replyOf(getMe({ signal }))
    if (asked.status !== 200) return asked
    const me = asked.body as Me
    if (me.id !== person) {
      onStranger(me)
      return { status: 401, body: undefined }
    }
    setCsrfToken(me.csrf_token)
    return send()
  }

  return {
    sendPhoto({ bytes, media_type, sha256 }: Photo, signal: AbortSignal): Promise<Reply> {
      if (bytes.byteLength > PART_BYTES) return sendInParts({ bytes, sha256 }, (send) => surely(send, signal), signal)
      const file = new File([bytes], `${sha256.slice(0, 12)}.jpg`, { type: media_type })
      return surely(() => replyOf(storeFile({ signal, body: { file } })), signal)
    },
    sendCommand(command: Command, signal: AbortSignal): Promise<Reply> {
      const send = SENDERS[command.kind as Kind]
      if (!send) throw new Error(`this app knows no command ${command.kind}`)
      return surely(() => replyOf(send(command, signal)), signal)
    },
  }
}
