import { call, listVenueTags, type VenueClassOut } from '@wangge/api'
import { useWords } from './useWords'
import { shallowRef } from 'vue'

const named = shallowRef<ReadonlyMap<string, VenueClassOut>>(new Map())
let asked: Promise<void> | undefined

async function ask(): Promise<void> {
  try {
    const tags = await call(listVenueTags())
    named.value = new Map(tags.map((one) => [one.code, one]))
  } catch {
    asked = undefined // codes are shown meanwhile, and the next page asks again
  }
}

/** What the pack calls a tag (VE-23); its code where nobody named it. */
export function useTagNames(): (code: string) => string {
  const { pick } = useWords()
  asked ??= ask()
  return (code) => {
    const one = named.value.get(code)
    return one ? pick(one.name_zh, one.name_en) : code
  }
}
