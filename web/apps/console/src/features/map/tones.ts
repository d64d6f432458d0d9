import type { FigureTable } from '@wangge/api'
import type { Shape } from '@wangge/map'

/** Five steps from pale to dark, of one colour: they are told apart in grey as well. */
export const TONES = ['#f3e8fb', '#dcc3f1', '#bd95e2', '#9563cb', '#67359f'] as const
export const NO_TONE = '#e4e7ec' // no figure, or too small a sample to be compared (IN-5)

export interface Step {
  from: number
  to: number
  colour: string
}

/** Return the steps of a figure: as many territories in each as there are steps. */
export function stepsOf(values: readonly number[]): Step[] {
  const sorted = [...values].sort((one, other) => one - other)
  const edges = TONES.map((_, n) => sorted[Math.floor((n * sorted.length) / TONES.length)] ?? 0)
  const last = sorted.at(-1)
  if (last === undefined) return []
  return TONES.map((colour, n) => ({ from: edges[n] ?? 0, to: edges[n + 1] ?? last, colour })).filter(
    ({ from }, n) => n === 0 || from > (edges[n - 1] ?? 0),
  )
}

/** Return the colour of each grid by the figure of the territory in which it lies. */
export function tonesOf(
  shapes: readonly Shape[],
  table: FigureTable,
  indicator: string,
): { tones: Record<string, string>; steps: Step[] } {
  const figures = new Map<string, number | undefined>()
  for (const row of table.rows) {
    const found = row.figures.find((each) => each.indicator === indicator)
    figures.set(row.key, found && !found.is_small && found.value !== null ? found.value : undefined)
  }
  const steps = stepsOf([...figures.values()].filter((each): each is number => each !== undefined))
  const depth = table.territory.split('.').length
  const tones: Record<string, string> = {}
  for (const { properties } of shapes) {
    const path = String(properties.path)
    const key = path === table.territory ? path : `${path.split('.').slice(0, depth).join('.')}.`
    const value = figures.get(key)
    const step = value === undefined ? undefined : [...steps].reverse().find(({ from }) => value >= from)
    tones[String(properties.id)] = step?.colour ?? NO_TONE
  }
  return { tones, steps }
}
