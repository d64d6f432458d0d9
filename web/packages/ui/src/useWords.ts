import { useI18n } from 'vue-i18n'

/** Choose between the two languages that the server sends side by side. */
export function useWords() {
  const { locale } = useI18n()
  const pick = (zh: string, en: string): string => (locale.value === 'en' && en !== '' ? en : zh)
  return { pick }
}
