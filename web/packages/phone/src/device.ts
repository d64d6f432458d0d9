/** What this phone is known by: made once in the hands of each person. */

import { newId, readDevice, type Store } from '@wangge/outbox'

export const DEVICE_HEADER = 'Wangge-Device'

export const deviceOf = (store: Store): Promise<{ id: string; key: string }> =>
  readDevice(store, () => ({ id: newId(), key: newId() + newId() }))

/** With it a phone that was revoked, and so has no session, hands over what it has. */
export async function identify(store: Store): Promise<Record<string, string>> {
  const { id, key } = await deviceOf(store)
  return { [DEVICE_HEADER]: `${id}:${key}` }
}
