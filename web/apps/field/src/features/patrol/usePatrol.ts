import { call, getMyPatrol, type MyPatrol } from '@wangge/api'
import { newId, readDraft, saveDraft } from '@wangge/outbox'
import { clockOffMs, houseNow, useQueue } from '@wangge/phone'
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
let sinceMs = 0
let hand: ((points: TrackPoint[]) => void) | undefined
let keep: ((points: readonly TrackPoint[]) => void) | undefined
let restoring: Promise<void> | undefined
let writing: Promise<unknown> = Promise.resolve()

/** What was gathered, and the patrol itself, are on the phone at every point: a killed app loses neither. */
const POINTS = 'patrol:points'
const STAND = 'patrol:stand'
const LAST = 'patrol:last'

const recorder = makeRecorder(
  (points) => hand?.(points),
  (points) => keep?.(points),
)

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
  sinceMs = houseNow()
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      positionFails.value = false
      const ms = Math.round(timestamp - clockOffMs.value)
      if (ms < sinceMs) return // a position of before: nothing of it is kept
      recorder.add([ms, coords.longitude, coords.latitude, Math.round(coords.accuracy), 0])
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
  const inTurn = (write: () => Promise<unknown>): void => void (writing = writing.then(write).catch(console.error))
  hand = (points) =>
    inTurn(() =>
      queue.hand({
        kind: 'patrols.points',
        payload: { points },
        subjects: ['patrol'],
        label: String(points.length),
        draft: POINTS,
      }),
    )
  keep = (points) =>
    inTurn(async () => {
      await saveDraft(queue.its(), LAST, points.at(-1)?.[0])
      await saveDraft(queue.its(), POINTS, points)
    })

  /** After the app was killed: the patrol goes on as it stood, with or without signal. */
  async function restore(): Promise<void> {
    const points = (await readDraft(queue.its(), POINTS))?.value as TrackPoint[] | undefined
    const stood = (await readDraft(queue.its(), STAND))?.value as { stand: Stand; id: string } | undefined
    const last = (await readDraft(queue.its(), LAST))?.value as number | undefined
    recorder.restore(points ?? [], last ?? 0)
    if (!stood || stood.stand === 'off' || sessionId.value !== '') return
    sessionId.value = stood.id
    follow(stood.stand)
  }

  const remember = (): void => inTurn(() => saveDraft(queue.its(), STAND, { stand: stand.value, id: sessionId.value }))
  const load = useLoad(async () => {
    const mine = await call(getMyPatrol())
    found.value = mine
    // What was done here and has not arrived yet stands above what the house says.
    if (queue.about('patrol-step').length === 0) {
      sessionId.value = mine.session?.id ?? ''
      follow(mine.session ? (mine.session.state === 'paused' ? 'paused' : 'on') : 'off')
      remember()
    }
    return mine
  })

  async function step(action: Step, label: string, plate = ''): Promise<void> {
    if (action === 'start') sessionId.value = newId()
    if (action === 'pause' || action === 'stop') recorder.flush()
    await writing // the points of before come before the step
    await queue.hand({
      kind: 'patrols.duty',
      payload: { action, session_id: sessionId.value, plate },
      subjects: ['patrol', 'patrol-step'],
      label,
    })
    if (action === 'check_in') return
    follow(AFTER[action])
    remember()
  }

  function refresh(): () => void {
    restoring ??= restore()
    void restoring.then(load.run)
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
