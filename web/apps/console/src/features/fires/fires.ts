import type { FireFigures, FireRow } from '@wangge/api'

export const FOUR = ['fires', 'dead', 'injured', 'loss_fen'] as const
export type Four = (typeof FOUR)[number]
export const STATUSES: readonly FireRow['status'][] = ['reported', 'confirmed', 'out', 'ended', 'dismissed']

/** Return a count, or money in yuan. */
export const said = (name: Four, value: number): string =>
  name === 'loss_fen' ? `¥${Math.round(value / 100).toLocaleString('en')}` : value.toLocaleString('en')

/** Return "+13.6%", a dash where there is nothing to compare with. */
export const saidChange = (change: number | null): string =>
  change === null ? '–' : `${change > 0 ? '+' : ''}${change.toLocaleString('en')}%`

export type By = FireFigures['by']
export const GROUPINGS: readonly By[] = ['month', 'territory', 'cause', 'place']
