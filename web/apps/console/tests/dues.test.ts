import { ApiError, type DossierWordsOut, type FateOut } from '@wangge/api'
import { describe, expect, it } from 'vitest'
import {
  FILE_SORTS,
  VIEWS,
  dueExportUrl,
  fileSortsOf,
  fromUrl,
  toDueQuery,
  toNobodyQuery,
  toUrl,
} from '../src/features/venues/dossier/dueFilters'
import { dayOf, kindsOf, settled, todayInChina } from '../src/features/venues/dossier/entries'

describe('filters of the due list', () => {
  it('come back from the address as they went in', () => {
    const url = {
      view: 'nobody',
      due: 'overdue',
      days: '90',
      sort: 'licence',
      kind: 'gas',
      class: 'shop',
      grid: '99.01.',
    }
    expect(toUrl(fromUrl(url))).toEqual(url)
    expect(toUrl(fromUrl({}))).toEqual({})
    expect(toUrl(fromUrl({ view: 'class' }))).toEqual({ view: 'class' })
  })

  it('leave out what nobody offers', () => {
    expect(fromUrl({ due: 'eaten', days: '99999', sort: 'people', view: 'all' })).toMatchObject({
      view: 'due',
      due: '',
      days: '30',
      sort: '',
    })
  })

  it('ask for what is shown, and export it', () => {
    const filters = fromUrl({ due: 'coming', days: '7', class: 'shop' })
    expect(toDueQuery(filters)).toEqual({ days: 7, due: 'coming', venue_class: 'shop' })
    expect(toNobodyQuery(filters)).toEqual({ venue_class: 'shop' })
    expect(dueExportUrl(filters, 'xlsx')).toBe('/api/dossiers/due/export.xlsx?days=7&due=coming&venue_class=shop')
  })
})

describe('files of the lists', () => {
  it('offer what each list is made of, and every sort somewhere', () => {
    expect(fileSortsOf('due')).toEqual(['facility', 'licence'])
    expect(fileSortsOf('class')).toEqual(['fact'])
    expect(fileSortsOf('hollow')).toEqual([])
    expect(VIEWS.flatMap(fileSortsOf).sort()).toEqual([...FILE_SORTS].sort())
  })
})

describe('entries of a dossier', () => {
  const fate = (status: number) => ({ status, code: 'x.y', zh: '不行', en: 'No' }) as unknown as FateOut

  it('are written when done now or before, and refused with the words of the server', () => {
    expect(settled([fate(200)]).status).toBe(200)
    expect(settled([fate(208)]).status).toBe(208)
    expect(() => settled([fate(409)])).toThrowError(ApiError)
    expect(() => settled([fate(409)])).toThrowError('x.y: No')
    expect(() => settled([])).toThrowError(ApiError)
  })

  it('send an empty day as none', () => {
    expect([dayOf(''), dayOf('2026-02-01')]).toEqual([null, '2026-02-01'])
  })

  it('are dated by the day in China', () => {
    expect(todayInChina(new Date('2026-02-01T17:30:00Z'))).toBe('2026-02-02')
  })

  it('offer the kinds of their own sort', () => {
    const words = { rules: [], kinds: [{ sort: 'person' }, { sort: 'licence' }] } as unknown as DossierWordsOut
    expect(kindsOf(words, 'licence')).toEqual([{ sort: 'licence' }])
  })
})
