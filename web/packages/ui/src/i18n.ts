import { createI18n } from 'vue-i18n'
import { fillIn } from './messages'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly Locale[] = ['zh-CN', 'en']
const KEY = 'wangge.locale'

type Messages = Record<string, unknown>
export type Loaders = Record<Locale, () => Promise<Messages>>

function remembered(): Locale {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
}

function make(locale: Locale, messages: Partial<Record<Locale, Messages>>) {
  document.documentElement.lang = locale
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'en',
    messages: messages as never,
    messageCompiler: fillIn,
    missingWarn: import.meta.env.DEV,
    fallbackWarn: import.meta.env.DEV,
  })
}

/** Set up the languages of a face: Chinese first, the choice is remembered on this device. */
export const setUpI18n = (messages: Record<Locale, Messages>) => make(remembered(), messages)

let loadMissing: (locale: Locale) => Promise<void> = () => Promise.resolve()
let loadPart: (part: Loaders) => Promise<void> = () => Promise.resolve()

/** Have the texts of a part of the face, in the language in use and in each that is chosen later. */
export const addTexts = (part: Loaders): Promise<void> => loadPart(part)

/** The same, but fetch only the language in use; the other one comes when somebody switches. */
export async function loadI18n(loaders: Loaders) {
  const locale = remembered()
  const i18n = make(locale, { [locale]: await loaders[locale]() })
  const there = new Set<Locale>([locale])
  const parts = new Set<Loaders>([loaders])
  const merge = async (part: Loaders, into: Locale) => {
    i18n.global.mergeLocaleMessage(into, (await part[into]()) as never)
  }
  loadMissing = async (next) => {
    if (there.has(next)) return
    await Promise.all([...parts].map((part) => merge(part, next)))
    there.add(next)
  }
  loadPart = async (part) => {
    if (parts.has(part)) return
    await Promise.all([...there].map((each) => merge(part, each)))
    parts.add(part)
  }
  return i18n
}

/** Have the texts of a language, remember it, and tell screen readers about it. */
export async function rememberLocale(locale: Locale): Promise<void> {
  await loadMissing(locale)
  localStorage.setItem(KEY, locale)
  document.documentElement.lang = locale
}
