import { describe, expect, it } from 'vitest'
import * as ledgers from '../src/features/ledgers/filters'
import * as visits from '../src/features/visits/filters'

describe('visits in the address', () => {
  it('takes what it knows and leaves the rest', () => {
    const read = visits.fromUrl({
      grid: '34.02.',
      standing: 'overdue',
      state: 'nothing',
      month: '2025-13',
      from: '2025-10-01',
    })
    expect(read).toMatchObject({ grid: '34.02.', standing: 'overdue', state: '', month: '', from: '2025-10-01' })
    expect(visits.toUrl('people', read)).toEqual({ grid: '34.02.', standing: 'overdue', from: '2025-10-01' })
    expect(visits.toUrl('arrivals', {})).toEqual({ tab: 'arrivals' })
  })
  it('names the filters as each list calls them', () => {
    const given = { ...visits.fromUrl({}), kind: 'tip', from: '2025-10-01', to: '2025-10-31' }
    expect(visits.toArrivals(given)).toEqual({ trigger: 'tip', called_from: '2025-10-01', called_to: '2025-10-31' })
    expect(visits.toReports(given)).toEqual({ kind: 'tip', first_on: '2025-10-01', last_on: '2025-10-31' })
    expect(visits.exportUrl('people', { grid: '34.02.' }, 'xlsx')).toBe('/api/visits/people/export.xlsx?grid=34.02.')
  })
  it('reads a position as people paste it', () => {
    expect(visits.readPoint('118.37, 31.33')).toEqual({ lon: 118.37, lat: 31.33 })
    expect(visits.readPoint('118.37，31.33')).toEqual({ lon: 118.37, lat: 31.33 })
    for (const wrong of ['', '118.37', 'a, b', '31.33, 118.37', '1 2 3'])
      expect(visits.readPoint(wrong)).toBeUndefined()
  })
})

describe('ledgers in the address', () => {
  it('is this month so far by the days of China', () => {
    const read = ledgers.fromUrl({}, new Date('2025-10-31T17:00:00Z')) // the first of November in China
    expect(read).toEqual({ code: '', grid: '', from: '2025-11-01', to: '2025-11-01' })
    expect(ledgers.toUrl({ ...read, code: 'cases' })).toEqual({ code: 'cases', from: '2025-11-01', to: '2025-11-01' })
  })
  it('leads to the files', () => {
    const query = { grid: '', first_on: '2025-10-01', last_on: '2025-10-31' }
    expect(ledgers.exportAll(query)).toBe('/api/ledgers/export.xlsx?first_on=2025-10-01&last_on=2025-10-31')
    expect(ledgers.exportOne('cases', query, 'csv')).toContain('/api/ledgers/cases/export.csv?')
  })
})
