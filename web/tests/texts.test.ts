import { describe, expect, it } from 'vitest'

type Tree = { [key: string]: string | Tree }

const files = import.meta.glob<Tree>('../locales/**/*.json', { eager: true, import: 'default' })
const sources = import.meta.glob<string>(['../{apps,packages}/*/src/**/*.{vue,ts}', '!**/generated/**'], {
  eager: true,
  query: '?raw',
  import: 'default',
})
/** A face, or a part of it that is fetched with its pages: "console", "console/places". */
const sets = [...new Set(Object.keys(files).map((path) => path.split('/').slice(2, -1).join('/')))].sort()
const faces = sets.filter((set) => set !== 'ui' && !set.includes('/'))
const partsOf = (face: string) => sets.filter((set) => set === face || set.startsWith(`${face}/`))

const textsOf = (set: string, locale: string): Tree => files[`../locales/${set}/${locale}.json`] ?? {}
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`),
  )
const places = (text: string): string =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name ?? '')
    .sort()
    .join()

/** The keys that a source names in full. Those it puts together are not seen here. */
const named = (source: string): string[] => [...source.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key]) => key ?? '')

describe.each(sets)('texts of %s', (set) => {
  const [zh, en] = [leaves(textsOf(set, 'zh-CN')), new Map(leaves(textsOf(set, 'en')))]

  it('have the same keys in both languages', () => {
    expect([...en.keys()]).toEqual(zh.map(([key]) => key))
  })

  it('have the same places in both languages', () => {
    expect(zh.filter(([key, text]) => places(text) !== places(en.get(key) ?? ''))).toEqual([])
  })

  it('are never empty', () => {
    expect([...zh, ...en].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

describe.each(faces)('texts of %s beside the shared ones', (face) => {
  it('hide none of them, nor one another', () => {
    const keys = ['ui', ...partsOf(face)].flatMap((set) => Object.keys(textsOf(set, 'zh-CN')))
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
  })

  it('hold every text that a source names', () => {
    const there = new Set(['ui', ...partsOf(face)].flatMap((set) => leaves(textsOf(set, 'zh-CN'))).map(([key]) => key))
    const own = Object.entries(sources).filter(([path]) => path.startsWith(`../apps/${face}/`))
    const missing = own.flatMap(([path, source]) =>
      named(source)
        .filter((key) => !there.has(key))
        .map((key) => `${path}: ${key}`),
    )
    expect(missing).toEqual([])
  })
})
