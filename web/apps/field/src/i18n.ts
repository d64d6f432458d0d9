import { loadI18n } from '@wangge/ui'

const joined = async (...parts: Promise<{ default: Record<string, unknown> }>[]): Promise<Record<string, unknown>> =>
  Object.assign({}, ...(await Promise.all(parts)).map((part) => part.default)) as Record<string, unknown>

/** The texts of the phone in the language that was chosen last. */
export const getI18n = () =>
  loadI18n({
    'zh-CN': () => joined(import('@locales/ui/zh-CN.json'), import('@locales/field/zh-CN.json')),
    en: () => joined(import('@locales/ui/en.json'), import('@locales/field/en.json')),
  })
