/** A server in a variable, and a link to it that can be bad in every way. */

import { type Command, newId, type Photo, type Reply, type Transport } from '../src'

export class City implements Transport {
  readonly applied: string[] = []
  readonly photos = new Set<string>()
  readonly answers = new Map<string, Reply>()
  private readonly contents = new Map<string, string>()

  async sendPhoto(photo: Photo): Promise<Reply> {
    this.photos.add(photo.sha256)
    return {
      status: 200,
      body: { sha256: photo.sha256, size_bytes: photo.bytes.byteLength, media_type: photo.media_type },
    }
  }

  /** The inbox: a fate each; a planned answer without a fate (401, 500) is that of the whole call. */
  async sendCommands(commands: readonly Command[]): Promise<Reply> {
    const fates: unknown[] = []
    for (const command of commands) {
      const reply = this.take(command)
      if (reply.body === null || (reply.body as { command_id?: unknown }).command_id === undefined) return reply
      fates.push(reply.body)
    }
    return { status: 200, body: fates }
  }

  private take(command: Command): Reply {
    const planned = this.answers.get(command.id)
    if (planned) return planned
    const content = JSON.stringify(command)
    const before = this.contents.get(command.id)
    if (before !== undefined) {
      if (before !== content) throw new Error('the same id came with another content')
      return { status: 208, body: makeFate(command.id, 'repeated', 208) }
    }
    this.contents.set(command.id, content)
    this.applied.push(command.id)
    return { status: 200, body: makeFate(command.id, 'applied', 200) }
  }
}

export function makeFate(
  id: string,
  outcome: string,
  status: number,
  code: string | null = null,
): Record<string, unknown> {
  return { command_id: id, outcome, status, code, zh: code && '不行', en: code && 'no', result: { version: 7 } }
}

export type Fault = 'none' | 'lost_before' | 'lost_after' | 'doubled' | 'error_500' | 'portal'

/** A link to `city` on which the next call meets the next fault. */
export function makeLink(city: Transport, next: () => Fault): Transport {
  async function through(call: () => Promise<Reply>): Promise<Reply> {
    const fault = next()
    if (fault === 'lost_before') throw new TypeError('Failed to fetch')
    if (fault === 'error_500') return { status: 502, body: '<html>bad gateway</html>' }
    if (fault === 'portal') return { status: 200, body: '<html>please accept the terms of this network</html>' }
    const reply = await call()
    if (fault === 'lost_after') throw new TypeError('Failed to fetch')
    return fault === 'doubled' ? call() : reply
  }
  return {
    sendPhoto: (photo, signal) => through(() => city.sendPhoto(photo, signal)),
    sendCommands: (commands, signal) => through(() => city.sendCommands(commands, signal)),
  }
}

export function makeCommand(extra: Partial<Command> = {}): Command {
  return {
    id: newId(),
    kind: 'orders.complete',
    at: '2026-05-01T08:00:00+08:00',
    base_version: 1,
    payload: {},
    ...extra,
  }
}
