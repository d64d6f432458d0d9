import { describe, expect, it } from 'vitest'
import { answersOf, gapsOf, type Item, type Mark, photosOf, progressOf, withVerdict } from '../src'

function makeItem(key: string, extra: Partial<Item> = {}): Item {
  return {
    key,
    zh: key,
    en: key,
    matter_code: 'H101',
    clause: '',
    weight: 1,
    is_key: false,
    photo_when_failed: true,
    on_spot_required: false,
    visible_if: null,
    ...extra,
  }
}

function makeMark(extra: Partial<Mark> = {}): Mark {
  return { verdict: 'failed', remedy: null, note: '', photos: [], after_photos: [], case_id: 'c1', ...extra }
}

const ITEMS = [makeItem('exit'), makeItem('sign', { photo_when_failed: false })]

describe('what still lacks', () => {
  it('asks for a verdict on every shown item', () => {
    expect(gapsOf(ITEMS, {})).toEqual([
      { item: 'exit', lack: 'verdict' },
      { item: 'sign', lack: 'verdict' },
    ])
  })

  it('asks what was done about a failed item', () => {
    expect(gapsOf(ITEMS, { exit: makeMark(), sign: makeMark({ verdict: 'ok' }) })).toEqual([
      { item: 'exit', lack: 'remedy' },
    ])
  })

  it('asks for before and after photos of what was persuaded (WH-27)', () => {
    const sign = makeMark({ verdict: 'ok' })
    expect(gapsOf(ITEMS, { exit: makeMark({ remedy: 'persuaded' }), sign }).map((gap) => gap.lack)).toEqual([
      'photo',
      'after_photo',
    ])
    expect(
      gapsOf(ITEMS, { exit: makeMark({ remedy: 'persuaded', photos: ['a'], after_photos: ['b'] }), sign }),
    ).toEqual([])
  })

  it('asks for a photo of what is passed on, where the item wants one', () => {
    const marks = {
      exit: makeMark({ remedy: 'passed_on', note: 'blocked' }),
      sign: makeMark({ remedy: 'passed_on' }),
    }
    expect(gapsOf(ITEMS, marks)).toEqual([{ item: 'exit', lack: 'photo' }])
  })

  it('counts what is done', () => {
    expect(progressOf(ITEMS, { exit: makeMark() })).toEqual({ asked: 2, answered: 1, failed: 1, complete: false })
    expect(
      progressOf(ITEMS, { exit: makeMark({ verdict: 'ok' }), sign: makeMark({ verdict: 'not_applicable' }) }).complete,
    ).toBe(true)
  })
})

describe('the answers that are sent', () => {
  it('keep photos of a changed mind on the phone', () => {
    const failed = makeMark({ remedy: 'persuaded', photos: ['a'], after_photos: ['b'], note: ' moved ' })
    expect(answersOf(ITEMS, { exit: withVerdict(failed, 'ok') })).toEqual([
      { item: 'exit', ok: true, persuaded: false, note: '', photos: [], after_photos: [], case_id: null },
    ])
    expect(withVerdict(withVerdict(failed, 'ok'), 'failed')).toEqual(failed)
  })

  it('carry the case id and the photos of a failed item', () => {
    const marks = {
      exit: makeMark({ remedy: 'passed_on', photos: ['a', 'b'], after_photos: ['z'], note: ' blocked ' }),
    }
    const answers = answersOf(ITEMS, marks)
    expect(answers).toEqual([
      {
        item: 'exit',
        ok: false,
        persuaded: false,
        note: 'blocked',
        photos: ['a', 'b'],
        after_photos: [],
        case_id: 'c1',
      },
    ])
    expect(photosOf(answers)).toEqual(['a', 'b'])
  })

  it('leave out hidden items', () => {
    const items = [makeItem('exit'), makeItem('why', { visible_if: { item: 'exit', ok: false } })]
    const marks = { exit: makeMark({ verdict: 'ok' }), why: makeMark({ verdict: 'ok' }) }
    expect(answersOf(items, marks).map((answer) => answer.item)).toEqual(['exit'])
  })
})
