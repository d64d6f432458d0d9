import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { fillIn } from '../src/messages'

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
