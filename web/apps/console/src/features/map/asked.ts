import type { Ground } from '@wangge/map'

export const STATES = ['open', 'ended', 'orphan'] as const
export const GROUNDS: readonly Ground[] = ['own', 'base', 'none', 'tianditu']

/** What the map shows, as it stands in the address of the page. */
export interface Asked {
  layer: string
  hides: string[] // of `things`: cases, places, members, teams
  kinds: string[]
  tags: string[]
  states: string[]
  colour: string // an indicator
  first: string
  last: string
  ground: Ground
  beside: '' | 'heat' | 'day' // what stands beside the map
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): string[] => text(value).split(',').filter(Boolean)
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

/** Return what an address asks for; the months of this year where it says none. */
export function readAsked(query: Record<string, unknown>, now: string): Asked {
  const month = (value: unknown, otherwise: string): string => (MONTH.test(text(value)) ? text(value) : otherwise)
  return {
    layer: text(query.layer) || 'comprehensive',
    hides: list(query.hide),
    kinds: list(query.kind),
    tags: list(query.tag),
    states: list(query.state).filter((each) => (STATES as readonly string[]).includes(each)),
    colour: text(query.colour),
    first: month(query.first, `${now.slice(0, 4)}-01`),
    last: month(query.last, now),
    ground: GROUNDS.find((each) => each === query.ground) ?? 'own',
    beside: query.beside === 'heat' || query.beside === 'day' ? query.beside : '',
  }
}

/** Return the address of what is asked for: without what says nothing. */
export function queryOf(asked: Asked, now: string): Record<string, string> {
  const said: Record<string, string> = {
    layer: asked.layer === 'comprehensive' ? '' : asked.layer,
    hide: asked.hides.join(','),
    kind: asked.kinds.join(','),
    tag: asked.tags.join(','),
    state: asked.states.join(','),
    colour: asked.colour,
    first: asked.colour && asked.first !== `${now.slice(0, 4)}-01` ? asked.first : '',
    last: asked.colour && asked.last !== now ? asked.last : '',
    ground: asked.ground === 'own' ? '' : asked.ground,
    beside: asked.beside,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''))
}

/** Return where the tiles of these places come from. */
export function tilesOf(asked: Asked, origin: string): string {
  const query = new URLSearchParams([
    ...asked.kinds.map((each) => ['venue_class', each]),
    ...asked.tags.map((each) => ['tag', each]),
    ...asked.states.map((each) => ['state', each]),
  ])
  const narrowed = query.size > 0 ? `?${query.toString()}` : ''
  return `${origin}/api/map/tiles/{z}/{x}/{y}.mvt${narrowed}`
}
