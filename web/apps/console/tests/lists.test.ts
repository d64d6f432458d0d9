import { describe, expect, it } from 'vitest'
import * as orders from '../src/features/orders/filters'
import * as venues from '../src/features/venues/filters'
import { firstPage } from '../src/pages'

describe('filters of orders', () => {
  it('come back from the address as they went in', () => {
    const url = { q: '店', status: 'done', overdue: '1', mine: '1', from: '2026-02-01', to: '2026-02-28', venue: 'v' }
    expect(orders.toUrl(orders.fromUrl(url))).toEqual(url)
  })

  it('leave out a day that is none', () => {
    expect(orders.fromUrl({ from: '2026-13-45', to: 'soon', status: 'eaten' })).toMatchObject({
      from: '',
      to: '',
      status: '',
    })
  })

  it('hold the last day inside: the end of the API is exclusive', () => {
    expect(orders.toQuery(orders.fromUrl({ from: '2026-02-01', to: '2026-02-28' }))).toEqual({
      opens_from: '2026-02-01',
      opens_to: '2026-03-01',
    })
    expect(orders.dayAfter('2026-12-31')).toBe('2027-01-01')
  })
})

describe('filters of venues', () => {
  it('turn one state into what the server asks', () => {
    expect(venues.toQuery(venues.fromUrl({ state: 'orphan', class: 'shop' }))).toEqual({
      venue_class: 'shop',
      orphan: true,
    })
    expect(venues.toQuery(venues.fromUrl({ state: 'closed' }))).toEqual({ is_open: false })
    expect(venues.toQuery(venues.fromUrl({ state: 'burnt' }))).toEqual({})
  })

  it('export what is shown', () => {
    expect(venues.exportUrl(venues.fromUrl({ grid: '99.01.' }), 'csv')).toBe('/api/venues/export.csv?grid=99.01.')
  })
})

describe('the first page', () => {
  it('is the first one that the post may read', () => {
    expect(firstPage((capability) => capability === 'venues.read')).toBe('venues')
    expect(firstPage(() => true)).toBe('desk')
  })

  it('of an administrator without any says so', () => {
    expect(firstPage(() => false)).toBe('nothing')
  })
})
