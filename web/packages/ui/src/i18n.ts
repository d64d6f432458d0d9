import { createI18n } from 'vue-i18n'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly Locale[] = ['zh-CN', 'en']
const KEY = 'wangge.locale'

function remembered(): Locale {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
}

/** Set up the languages of a face: Chinese first, the choice is remembered on this device. */
export function setUpI18n<M extends Record<string, unknown>>(messages: Record<Locale, M>) {
  const locale = remembered()
  document.documentElement.lang = locale
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'en',
    messages: messages as never,
    missingWarn: import.meta.env.DEV,
    fallbackWarn: import.meta.env.DEV,
  })
}

/** Remember the language and tell screen readers about it. */
export function rememberLocale(locale: Locale): void {
  localStorage.setItem(KEY, locale)
  document.documentElement.lang = locale
}
