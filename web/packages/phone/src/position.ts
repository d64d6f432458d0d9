import { computed, onScopeDispose, ref, shallowRef } from 'vue'

export interface Position {
  lon: number
  lat: number
  accuracy_m: number
  at: number
}

export type PositionState = 'unknown' | 'asking' | 'known' | 'denied' | 'failed'

const here = shallowRef<Position>()
const state = ref<PositionState>('unknown')
let watchers = 0
let watching: number | undefined

function start(): void {
  if (watching !== undefined) return
  if (!('geolocation' in navigator)) {
    state.value = 'failed'
    return
  }
  if (state.value !== 'known') state.value = 'asking'
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      here.value = { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at: timestamp }
      state.value = 'known'
    },
    (no) => {
      if (no.code === no.PERMISSION_DENIED) state.value = 'denied'
      else if (!here.value) state.value = 'failed'
    },
    { enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 },
  )
}

function stop(): void {
  if (watching !== undefined) navigator.geolocation.clearWatch(watching)
  watching = undefined
}

/** Where the phone is (WGS-84), for as long as a page that asks is open. */
export function usePosition() {
  watchers += 1
  start()
  onScopeDispose(() => {
    watchers -= 1
    if (watchers === 0) stop()
  })
  function again(): void {
    stop()
    start()
  }
  return { here, state, again, isKnown: computed(() => here.value !== undefined) }
}

interface Point {
  lon: number
  lat: number
}

const EARTH_M = 6_371_008.8
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres between two points on the sphere: good to half a per cent, enough to say which door is near. */
export function distanceM(one: Point, other: Point): number {
  const up = Math.sin(radians(other.lat - one.lat) / 2)
  const along = Math.sin(radians(other.lon - one.lon) / 2)
  const share = up * up + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * along * along
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(share)))
}

/** "35 m", "420 m", "1.2 km". */
export function distanceText(metres: number): string {
  if (metres < 1000) return `${Math.max(5, Math.round(metres / 5) * 5)} m`
  return `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`
}

const SHARP_M = 100
const NEAR_M = 500
const FRESH_MS = 5 * 60_000

/**
 * The position that a visit may carry: sharp, fresh and near the venue. Cases lie where the visit says; a form
 * that is handed in from the office must not move them there.
 */
export function positionAt(place: Point, found: Position | undefined, now: number): Point | undefined {
  if (!found || found.accuracy_m > SHARP_M || now - found.at > FRESH_MS) return undefined
  return distanceM(place, found) <= NEAR_M ? { lon: found.lon, lat: found.lat } : undefined
}
