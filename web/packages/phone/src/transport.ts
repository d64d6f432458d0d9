/** The way of the outbox to the server: the generated calls, with the raw answer given back. */

import {
  addPhotoPart,
  countPhotoBytes,
  getMe,
  type Me,
  type PhotoPartOut,
  receiveCommands,
  setCsrfToken,
} from '@wangge/api'
import type { Command, Photo, Reply, Transport } from '@wangge/outbox'

/** What this app can say; the house knows how to read each (`field/kinds.py`). */
export type Kind =
  | 'orders.complete'
  | 'cases.report'
  | 'cases.step'
  | 'census.answer'
  | 'triage.decide'
  | 'patrols.duty'
  | 'patrols.points'
  | 'patrols.log'
  | 'venues.correct'
  | 'visits.visit'
  | 'visits.arrive'
  | 'visits.report'
  | 'field.burden'
  | 'field.decide'

interface Raw {
  data?: unknown
  error?: unknown
  response?: Response | undefined
}

type Headers = Record<string, string>

async function replyOf(answer: Promise<Raw>): Promise<Reply> {
  const { data, error, response } = await answer
  if (!response) throw new TypeError('no answer')
  const wait = Number(response.headers.get('Retry-After'))
  return { status: response.status, body: data ?? error, retry_after_s: wait > 0 ? wait : undefined }
}

/** A photo goes in parts of at most so much: after a cut it goes on where it ended. */
const PART_BYTES = 96 * 1024

/** The server says after each part from where to go on; a part that came twice changes nothing. */
async function sendInParts(
  { bytes, sha256 }: Pick<Photo, 'bytes' | 'sha256'>,
  surely: (send: () => Promise<Reply>) => Promise<Reply>,
  headers: Headers,
  signal: AbortSignal,
): Promise<Reply> {
  const size = bytes.byteLength
  const path = { sha256 }
  let reply = await surely(() => replyOf(countPhotoBytes({ path, headers, signal })))
  for (let left = 2 * Math.ceil(size / PART_BYTES) + 2; left > 0; left -= 1) {
    const told = reply.body as Partial<PhotoPartOut> | undefined
    if (reply.status !== 200 || typeof told?.received_bytes !== 'number') return reply
    if (told.is_whole) return { ...reply, body: { sha256 } }
    const offset = told.received_bytes
    const file = new File([bytes.slice(offset, offset + PART_BYTES)], 'part')
    reply = await surely(() =>
      replyOf(addPhotoPart({ path, headers, query: { offset, size }, body: { file }, signal })),
    )
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
export function makeTransport(
  person: number,
  onStranger: (me: Me) => void,
  identify: () => Promise<Headers> = () => Promise.resolve({}),
): Transport {
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
    async sendPhoto({ bytes, sha256 }: Photo, signal: AbortSignal): Promise<Reply> {
      const headers = await identify()
      return sendInParts({ bytes, sha256 }, (send) => surely(send, signal), headers, signal)
    },
    async sendCommands(commands: readonly Command[], signal: AbortSignal): Promise<Reply> {
      const headers = await identify()
      const body = { commands: commands as unknown as Record<string, unknown>[] }
      return surely(() => replyOf(receiveCommands({ signal, headers, body })), signal)
    },
  }
}
