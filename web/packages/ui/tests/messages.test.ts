import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import consoleEn from '../../../locales/console/en.json'
import consoleZh from '../../../locales/console/zh-CN.json'
import uiEn from '../../../locales/ui/en.json'
import uiZh from '../../../locales/ui/zh-CN.json'
import { fillIn } from '../src/messages'

type Tree = { [key: string]: string | Tree }

const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()

describe('fillIn', () => {
  const { t } = createI18n({
    legacy: false,
    locale: 'en',
    messages: { en: { one: '{n} of {of}', plain: 'a | b @:c' } },
    messageCompiler: fillIn,
  }).global

  it('fills the named places', () => {
    expect(t('one', { n: 2, of: 5 })).toBe('2 of 5')
  })

  it('shows a place that nobody filled, so that the slip is seen', () => {
    expect(t('one', { n: 2 })).toBe('2 of {of}')
  })

  it('reads nothing else as special', () => {
    expect(t('plain')).toBe('a | b @:c')
  })
})

describe.each([
  ['ui', uiZh, uiEn],
  ['console', consoleZh, consoleEn],
] as [string, Tree, Tree][])('texts of %s', (_name, zh, en) => {
  it('have the same keys in both languages', () => {
    expect(leaves(en).map(([key]) => key)).toEqual(leaves(zh).map(([key]) => key))
  })

  it('have the same places in both languages', () => {
    const inEnglish = new Map(leaves(en))
    const differing = leaves(zh).filter(
      ([key, text]) => places(text).join() !== places(inEnglish.get(key) ?? '').join(),
    )
    expect(differing).toEqual([])
  })

  it('are never empty', () => {
    expect([...leaves(zh), ...leaves(en)].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

it('no text of a face hides one of the shared texts', () => {
  expect(Object.keys(consoleZh).filter((key) => key in uiZh)).toEqual([])
})
