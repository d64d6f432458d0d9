import { call, getMyPatrol, type MyPatrol } from '@wangge/api'
import { newId } from '@wangge/outbox'
import { useQueue } from '@wangge/phone'
import { useLoad } from '@wangge/ui'
import { computed, ref, shallowRef } from 'vue'
import { makeRecorder, type TrackPoint } from './recorder'

export type Stand = 'off' | 'on' | 'paused'
export type Step = 'start' | 'pause' | 'resume' | 'stop' | 'check_in'

const AFTER: Record<Exclude<Step, 'check_in'>, Stand> = { start: 'on', pause: 'paused', resume: 'on', stop: 'off' }
const REFRESH_MS = 60_000

const stand = ref<Stand>('off')
const sessionId = ref('')
const recorded = ref(0)
const positionFails = ref(false)
const isAwake = ref(false)
let watching: number | undefined
let lock: WakeLockSentinel | undefined
let timer = 0
let hand: ((points: TrackPoint[]) => void) | undefined

const recorder = makeRecorder((points) => hand?.(points))

/** The screen stays on while a patrol goes on: a browser gets no position behind a dark one. */
async function stayAwake(): Promise<void> {
  if (stand.value !== 'on' || document.visibilityState !== 'visible' || lock) return
  try {
    lock = await navigator.wakeLock?.request('screen')
    isAwake.value = lock !== undefined
    lock?.addEventListener('release', () => {
      lock = undefined
      isAwake.value = false
    })
  } catch {
    isAwake.value = false
  }
}

function onVisibility(): void {
  if (document.visibilityState === 'hidden') recorder.flush()
  else void stayAwake()
}

function listen(): void {
  if (watching !== undefined || !('geolocation' in navigator)) return
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      positionFails.value = false
      recorder.add([Math.round(timestamp), coords.longitude, coords.latitude, Math.round(coords.accuracy), 0])
      recorded.value += 1
    },
    () => (positionFails.value = true),
    { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 },
  )
  document.addEventListener('visibilitychange', onVisibility)
  void stayAwake()
}

function silence(): void {
  recorder.flush()
  if (watching !== undefined) navigator.geolocation.clearWatch(watching)
  watching = undefined
  document.removeEventListener('visibilitychange', onVisibility)
  void lock?.release()
}

function follow(next: Stand): void {
  stand.value = next
  if (next === 'on') listen()
  else silence()
}

const found = shallowRef<MyPatrol>()

/** The own patrol, one for the whole app: it goes on while other pages are open. */
export function usePatrol() {
  const queue = useQueue()
  hand = (points) =>
    void queue.hand({ kind: 'patrols.points', payload: { points }, subjects: ['patrol'], label: String(points.length) })
  const load = useLoad(async () => {
    const mine = await call(getMyPatrol())
    found.value = mine
    // What was done here and has not arrived yet stands above what the house says.
    if (queue.about('patrol-step').length === 0) {
      sessionId.value = mine.session?.id ?? ''
      follow(mine.session ? (mine.session.state === 'paused' ? 'paused' : 'on') : 'off')
    }
    return mine
  })

  async function step(action: Step, label: string, plate = ''): Promise<void> {
    if (action === 'start') sessionId.value = newId()
    if (action === 'pause' || action === 'stop') recorder.flush()
    await queue.hand({
      kind: 'patrols.duty',
      payload: { action, session_id: sessionId.value, plate },
      subjects: ['patrol', 'patrol-step'],
      label,
    })
    if (action !== 'check_in') follow(AFTER[action])
  }

  function refresh(): () => void {
    void load.run()
    window.clearInterval(timer)
    timer = window.setInterval(() => navigator.onLine && void load.run(), REFRESH_MS)
    return () => window.clearInterval(timer)
  }
  return {
    ...load,
    stand,
    recorded,
    positionFails,
    isAwake,
    mine: computed(() => found.value),
    unsent: computed(() => queue.about('patrol').length),
    step,
    refresh,
  }
}
