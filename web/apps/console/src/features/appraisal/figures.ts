import type { FigureOut, FigureRow, FigureTable, IndicatorOut } from '@wangge/api'

export type By = FigureTable['by']
export const GROUPINGS: readonly By[] = ['territory', 'month', 'matter', 'channel', 'department']

/** What is asked for, as it stands in the address of the page. */
export interface Asked {
  first: string
  last: string
  territory: string
  by: By
  channel: string
  matter: string
  department: string
  indicator: string
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Return the month that is so many months before another, as "2025-10". */
export function monthsBefore(month: string, months: number): string {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 - months
  return `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}`
}

/** Return what an address asks for; the twelve months up to `now` where it says none. */
export function readAsked(query: Record<string, unknown>, now: string): Asked {
  const last = MONTH.test(text(query.last)) ? text(query.last) : now
  const first = MONTH.test(text(query.first)) ? text(query.first) : monthsBefore(last, 11)
  return {
    first,
    last,
    territory: text(query.territory),
    by: GROUPINGS.find((each) => each === query.by) ?? 'territory',
    channel: text(query.channel),
    matter: text(query.matter),
    department: text(query.department),
    indicator: text(query.indicator),
  }
}

/** Return the question of the API: without what narrows nothing. */
export function questionOf(asked: Asked) {
  return {
    first: asked.first,
    last: asked.last,
    by: asked.by,
    ...(asked.territory ? { territory: asked.territory } : {}),
    ...(asked.channel ? { channel: asked.channel } : {}),
    ...(asked.matter ? { matter: asked.matter } : {}),
    ...(asked.department ? { department: Number(asked.department) } : {}),
  }
}

/** Return the question of the rows behind a group of the table; "" is all of it. */
export function questionBehind(asked: Asked, row: FigureRow) {
  const { by, ...rest } = questionOf(asked)
  if (row.key === '') return rest
  if (by === 'month') return { ...rest, first: row.key, last: row.key }
  if (by === 'territory') return { ...rest, territory: row.key, itself: row.is_itself ?? false }
  if (by === 'department') return { ...rest, department: Number(row.key) }
  return { ...rest, [by]: row.key }
}

export const figureOf = (row: FigureRow, indicator: IndicatorOut): FigureOut | undefined =>
  row.figures.find((figure) => figure.indicator === indicator.code)

/** Return "97.76%", "1,137,000" or "26 h"; a dash where there is nothing to divide by. */
export function said(value: number | null | undefined, unit: string, hours: string): string {
  if (value === null || value === undefined) return '–'
  if (unit === 'pct') return `${value.toLocaleString('en')}%`
  return unit === 'hours' ? `${value.toLocaleString('en')} ${hours}` : value.toLocaleString('en')
}

/** Return "+13.6%", "-61.8%" or "+2.5" points. */
export function saidChange(figure: FigureOut | undefined, unit: string, points: string): string {
  if (figure?.change === null || figure?.change === undefined) return '–'
  const sign = figure.change > 0 ? '+' : ''
  return `${sign}${figure.change.toLocaleString('en')}${unit === 'pct' ? ` ${points}` : '%'}`
}

/** Return whether a change is for the better, for the worse, or neither. */
export function tone(figure: FigureOut | undefined, moreIs: string): 'good' | 'bad' | '' {
  if (!figure?.change || moreIs === 'neither') return ''
  return figure.change > 0 === (moreIs === 'better') ? 'good' : 'bad'
}
