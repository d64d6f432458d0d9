import type { Receipt } from '@wangge/outbox'

/** What somebody did in a week, as the receipts on this phone tell it. */
export interface Work {
  visits: number
  findings: number
  reports: number
  steps: number
  corrections: number
}

export interface Due {
  due_on: string
  status: string
  is_overdue: boolean
}

const DAY_MS = 86_400_000
const CHINA_MS = 8 * 3_600_000
const dayOf = (ms: number): string => new Date(ms + CHINA_MS).toISOString().slice(0, 10)

/** Monday and Sunday of the week around a moment, in China. */
export function weekOf(now: number): { first: string; last: string } {
  const weekday = (new Date(now + CHINA_MS).getUTCDay() + 6) % 7
  return { first: dayOf(now - weekday * DAY_MS), last: dayOf(now + (6 - weekday) * DAY_MS) }
}

const findingsOf = ({ command }: Receipt): number => {
  const { answers } = command.payload as { answers?: { ok?: boolean | null }[] }
  return answers?.filter(({ ok }) => ok === false).length ?? 0
}

/** A refused or discarded command is no work; the moment that counts is the one in which it was done. */
export function workOf(receipts: readonly Receipt[], now: number): Work {
  const { first, last } = weekOf(now)
  const done = receipts.filter(({ outcome, command }) => {
    const on = dayOf(Date.parse(command.at))
    return (outcome === 'applied' || outcome === 'repeated') && on >= first && on <= last
  })
  const count = (kind: string): number => done.filter(({ command }) => command.kind === kind).length
  const visits = done.filter(({ command }) => command.kind === 'orders.complete')
  return {
    visits: visits.length,
    findings: visits.reduce((sum, one) => sum + findingsOf(one), 0),
    reports: count('cases.report'),
    steps: count('cases.step'),
    corrections: count('venues.correct'),
  }
}

/** What is still owed this week: what ends by Sunday, and what is late already. */
export function missingOf(orders: readonly Due[], now: number): { due: number; late: number } {
  const { last } = weekOf(now)
  const open = orders.filter(({ status }) => status === 'open')
  const late = open.filter(({ is_overdue }) => is_overdue).length
  return { due: open.filter(({ due_on, is_overdue }) => !is_overdue && due_on <= last).length, late }
}
