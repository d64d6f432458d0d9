import type { CensusIn } from '@wangge/api'

/** What a census may ask of a place, in the order in which it is shown (CE-1). */
export const ASKABLE: CensusIn['asked'] = [
  'name',
  'class_code',
  'tags',
  'address',
  'area_m2',
  'height_m',
  'credit_code',
  'keeper_name',
  'keeper_phone',
]
