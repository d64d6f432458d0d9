import { type ApiError, asError, call, enrolDevice, syncSlice } from '@wangge/api'
import { applySlice, forgetDevice, readCursor, rowsOf } from '@wangge/outbox'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { houseNow, takeClock } from './houseClock'
import { untold } from './burden'
import { deviceOf, identify } from './device'
import { useQueue } from './queue'

const REVOKED = 'field.device_revoked'
/** Below this share of free room, or so many free bytes, the phone says so. */
const FULL_SHARE = 0.85
const LITTLE_BYTES = 50_000_000

function deviceName(): string {
  const model = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1]?.split(';').pop()?.trim()
  return (model ?? 'phone').slice(0, 64) || 'phone'
}

/** The day on the phone: when it was fetched, whether this phone is still trusted, whether there is room. */
export const useSlice = defineStore('slice', () => {
  const queue = useQueue()
  const syncedAt = ref<number>()
  const isBusy = ref(false)
  const isRevoked = ref(false)
  const isComplete = ref(true)
  const deviceId = ref('')
  const isNearlyFull = ref(false)
  const isPersistent = ref<boolean>()
  /** What the house said no with; a broken link or a lost log-in says itself elsewhere. */
  const fault = shallowRef<ApiError>()

  async function look(): Promise<void> {
    syncedAt.value = (await readCursor(queue.its()))?.at
    isPersistent.value = await navigator.storage?.persisted?.()
    const { usage = 0, quota } = (await navigator.storage?.estimate?.()) ?? {}
    isNearlyFull.value = quota !== undefined && (usage > quota * FULL_SHARE || quota - usage < LITTLE_BYTES)
  }

  let running: Promise<void> | undefined

  /** Fetch what is new of the day. Without signal what is there stays. A call while one runs joins it. */
  async function sync(): Promise<void> {
    if (isRevoked.value) return
    running ??= fetchNew().finally(() => (running = undefined))
    return running
  }

  async function fetchNew(): Promise<void> {
    isBusy.value = true
    try {
      const store = queue.its()
      const device = await deviceOf(store)
      deviceId.value = device.id
      const told = await readCursor(store)
      if (!told) await call(enrolDevice({ body: { ...device, name: deviceName() } }))
      const phone_at = new Date().toISOString()
      const body = { device_id: device.id, key: device.key, cursor: told?.cursor ?? null, phone_at }
      const answer = await call(syncSlice({ body, headers: await identify(store) }))
      await takeClock(store, answer.at)
      await applySlice(store, answer)
      isComplete.value = answer.is_complete
      const asked = await untold(store, houseNow())
      if (asked)
        await queue.hand({ kind: 'field.burden', payload: { ...asked }, subjects: [], label: '', is_aside: true })
      fault.value = undefined
    } catch (cause) {
      const error = asError(cause)
      if (error.code === REVOKED) isRevoked.value = true
      else if (error.kind === 'missing')
        await forgetDevice(queue.its()) // the server knows it no more: enrolled anew
      else if (error.kind !== 'login' && !error.code.startsWith('web.')) fault.value = error
    } finally {
      isBusy.value = false
      await look().catch(console.warn)
    }
  }

  /** This phone is trusted no more and has nothing left to hand over: nothing of the person stays on it. */
  async function wipe(): Promise<void> {
    const store = queue.its()
    await store.delete()
    isRevoked.value = false
    syncedAt.value = undefined
  }

  const rows = async <T>(prefix: string): Promise<T[]> => (await rowsOf(queue.its(), prefix)) as T[]

  return {
    syncedAt,
    isBusy,
    isRevoked,
    isComplete,
    deviceId,
    isNearlyFull,
    isPersistent,
    fault,
    sync,
    wipe,
    rows,
  }
})
