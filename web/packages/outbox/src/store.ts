/** The phone's own database. One a person: two members may share a phone, never a queue. */

import Dexie, { type EntityTable, type InsertType, type Table } from 'dexie'
import type { Sliced } from './slice'
import type { Draft, Entry, Kept, Photo, Receipt } from './types'

export class Store extends Dexie {
  declare commands: Table<Entry, number, InsertType<Entry, 'seq'>>
  declare drafts: EntityTable<Draft, 'key'>
  declare photos: EntityTable<Photo, 'sha256'>
  declare receipts: EntityTable<Receipt, 'command_id'>
  declare kept: EntityTable<Kept, 'key'>
  declare slice: EntityTable<Sliced, 'key'>
  /** What the phone remembers of itself: its device, the cursor of its slice, its clock. */
  declare facts: EntityTable<Sliced, 'key'>

  constructor(person: string) {
    super(`wangge-${person}`)
    this.version(1).stores({
      commands: '++seq, &id, state, *photos',
      drafts: 'key, *photos',
      photos: 'sha256, saved_at',
      receipts: 'command_id, received_at',
      kept: 'key, kept_at',
    })
    this.version(2).stores({ slice: 'key', facts: 'key' })
    // Which photos arrived is asked at every step: by the index alone, without reading their bytes.
    this.version(3).stores({ photos: 'sha256, saved_at, uploaded_at' })
  }
}
