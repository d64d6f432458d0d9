import { describe, expect, it } from 'vitest'
import { firstPage, PAGES, pagesFor } from '../src/pages'

const holding =
  (...capabilities: string[]) =>
  (asked: string): boolean =>
    capabilities.includes(asked)

describe('the left side', () => {
  it('shows only groups of which somebody may open a page', () => {
    const shown = pagesFor(holding('cases.read', 'calendar.write'))
    expect(shown.map(({ group, pages }) => [group, pages.map((page) => page.name)])).toEqual([
      ['work', ['desk', 'cases']],
      ['keeping', ['calendar']],
    ])
    expect(pagesFor(() => false)).toEqual([])
  })

  it('shows every page to whoever may open all, each once', () => {
    const names = pagesFor(() => true).flatMap(({ pages }) => pages.map((page) => page.name))
    expect(names).toHaveLength(PAGES.length)
    expect(new Set(names).size).toBe(PAGES.length)
  })

  it('begins with the first page that may be opened', () => {
    expect(firstPage(holding('cases.read', 'venues.read'))).toBe('desk')
    expect(firstPage(holding('venues.read'))).toBe('venues')
    expect(firstPage(() => false)).toBe('nothing')
  })
})
