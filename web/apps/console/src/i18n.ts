import en from '@locales/console/en.json'
import zh from '@locales/console/zh-CN.json'
import uiEn from '@locales/ui/en.json'
import uiZh from '@locales/ui/zh-CN.json'
import { setUpI18n } from '@wangge/ui'

export const i18n = setUpI18n({ 'zh-CN': { ...uiZh, ...zh }, en: { ...uiEn, ...en } })
