import type { CaseDetail } from '@wangge/api'

/** Somebody whose turn it is: a key of `together.await`, and who that is. */
export interface Awaited {
  key: 'sign' | 'feed_back' | 'countersign' | 'verify' | 'desk' | 'request' | 'resume' | 'enforce'
  name: string
}

type Facts = Pick<CaseDetail, 'status' | 'department_name' | 'handler_name' | 'co_handlers' | 'request'>

const TURN: Partial<Record<CaseDetail['status'], Awaited['key']>> = {
  reported: 'desk',
  accepted: 'desk',
  dispatched: 'sign',
  handling: 'feed_back',
  transferred: 'enforce',
  suspended: 'resume',
  verifying: 'verify',
}

/** Return for whom a case waits. The lead feeds back only when everybody has countersigned (CS-31). */
export function awaitedOf(shown: Facts): Awaited[] {
  const helpers = shown.co_handlers.filter((one) => one.state === 'waiting')
  const turn = TURN[shown.status]
  const names = [shown.department_name, turn === 'feed_back' ? shown.handler_name : null]
  const lead = names.filter(Boolean).join(' ') // enforcement may be another department than the handler's
  const others = helpers.map((one): Awaited => ({ key: 'countersign', name: one.department_name }))
  const isHeld = helpers.length > 0 && (turn === 'feed_back' || turn === 'enforce')
  return [
    ...(shown.request ? [{ key: 'request' as const, name: '' }] : []),
    ...(turn && !isHeld ? [{ key: turn, name: lead }] : []),
    ...(turn ? others : []),
  ]
}
