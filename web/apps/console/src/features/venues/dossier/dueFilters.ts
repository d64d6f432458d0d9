import type { ListDifferingClassesData, ListDueData, ListNobodyNamedData } from '@wangge/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'

/** What the due list shows; it lives in the address. */
export interface DueFilters {
  view: 'due' | 'nobody' | 'class' | 'quality' | 'hollow'
  due: 'overdue' | 'coming' | 'unknown' | ''
  days: string
  sort: 'facility' | 'licence' | ''
  kind: string
  venueClass: string
  grid: string
}

export const VIEWS = ['due', 'nobody', 'class', 'quality', 'hollow'] as const
export const DUES = ['overdue', 'coming', 'unknown'] as const
export const SORTS = ['facility', 'licence'] as const
/** What comes in and goes out as files. */
export const FILE_SORTS = ['person', 'facility', 'licence', 'fact'] as const
export type FileSort = (typeof FILE_SORTS)[number]
const FILES_OF: Record<DueFilters['view'], FileSort[]> = {
  due: ['facility', 'licence'],
  nobody: ['person'],
  class: ['fact'],
  quality: [],
  hollow: [],
}
/** What a list is made of, as files: the first is what its import offers first. */
export const fileSortsOf = (view: DueFilters['view']): FileSort[] => FILES_OF[view]
export const DAYS = ['7', '30', '90', '180', '365'] as const
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

export const fromUrl = (query: LocationQuery): DueFilters => ({
  view: VIEWS.find((each) => each === one(query.view)) ?? 'due',
  due: DUES.find((each) => each === one(query.due)) ?? '',
  days: DAYS.find((each) => each === one(query.days)) ?? '30',
  sort: SORTS.find((each) => each === one(query.sort)) ?? '',
  kind: one(query.kind).slice(0, 32),
  venueClass: one(query.class),
  grid: one(query.grid),
})

export const toUrl = ({ view, due, days, sort, kind, venueClass, grid }: DueFilters): LocationQueryRaw =>
  Object.fromEntries(
    Object.entries({
      view: view === 'due' ? '' : view,
      due,
      days: days === '30' ? '' : days,
      sort,
      kind,
      class: venueClass,
      grid,
    }).filter(([, value]) => value !== ''),
  )

export const toDueQuery = (filters: DueFilters): NonNullable<ListDueData['query']> => ({
  days: Number(filters.days),
  ...(filters.due && { due: filters.due }),
  ...(filters.sort && { sort: filters.sort }),
  ...(filters.kind && { kind: filters.kind }),
  ...(filters.venueClass && { venue_class: filters.venueClass }),
  ...(filters.grid && { grid: filters.grid }),
})

export const toNobodyQuery = (filters: DueFilters): NonNullable<ListNobodyNamedData['query']> => ({
  ...(filters.kind && { kind: filters.kind }),
  ...(filters.venueClass && { venue_class: filters.venueClass }),
  ...(filters.grid && { grid: filters.grid }),
})

export const toClassQuery = (filters: DueFilters): NonNullable<ListDifferingClassesData['query']> => ({
  ...(filters.venueClass && { venue_class: filters.venueClass }),
  ...(filters.grid && { grid: filters.grid }),
})

export const dueExportUrl = (filters: DueFilters, suffix: 'csv' | 'xlsx'): string =>
  `/api/dossiers/due/export.${suffix}?${new URLSearchParams(Object.entries(toDueQuery(filters)).map(([key, value]) => [key, String(value)])).toString()}`
