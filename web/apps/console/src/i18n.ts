import { addTexts, loadI18n, type Loaders } from '@wangge/ui'

type Part = () => Promise<{ default: Record<string, unknown> }>

const joined = async (...parts: Promise<{ default: Record<string, unknown> }>[]): Promise<Record<string, unknown>> =>
  Object.assign({}, ...(await Promise.all(parts)).map((part) => part.default)) as Record<string, unknown>

/** The texts of the console in the language that was chosen last. */
export const getI18n = () =>
  loadI18n({
    'zh-CN': () => joined(import('@locales/ui/zh-CN.json'), import('@locales/console/zh-CN.json')),
    en: () => joined(import('@locales/ui/en.json'), import('@locales/console/en.json')),
  })

const files = import.meta.glob<{ default: Record<string, unknown> }>('../../../locales/console/*/*.json')
const fileOf = (part: string, locale: string): Part =>
  files[`../../../locales/console/${part}/${locale}.json`] ?? (() => Promise.reject(new Error(`no texts of ${part}`)))
const parts = new Map<string, Loaders>()

/** Have the texts of a part of the console (a folder of locales/console) before its pages open. */
export async function addTextsOf(part: string): Promise<void> {
  const loaders = parts.get(part) ?? {
    'zh-CN': () => joined(fileOf(part, 'zh-CN')()),
    en: () => joined(fileOf(part, 'en')()),
  }
  parts.set(part, loaders)
  await addTexts(loaders)
}
