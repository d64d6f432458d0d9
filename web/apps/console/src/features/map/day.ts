import type { MapDayOut } from '@wangge/api'
import type { Shape } from '@wangge/map'

const point = (lon: number, lat: number, properties: Record<string, unknown>): Shape => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})
const FRESH = 60
const GONE = 20
const BURNS = 90

/** Return what stood on the map at a minute of a day: open cases, fires, and where people on duty were. */
export function thingsAt(day: MapDayOut, minute: number, pick: (zh: string, en: string) => string): Shape[] {
  const cases = day.cases
    .filter((one) => one.from_minute <= minute && (one.to_minute === null || minute < one.to_minute + 1))
    .map((one) =>
      point(one.lon, one.lat, {
        layer: 'case',
        id: one.id,
        name: pick(one.name_zh, one.name_en),
        light: one.from_minute > 0 && minute - one.from_minute < FRESH ? 'yellow' : 'green',
      }),
    )
  const people = day.walks.flatMap((one) => {
    const last = one.steps.findLast((step) => step[0] <= minute)
    return last && minute - last[0] <= GONE
      ? [point(last[1], last[2], { layer: 'member', id: `walk-${one.number}`, name: '', isOld: false })]
      : []
  })
  const fires = day.fires
    .filter((one) => one.minute <= minute && minute - one.minute < BURNS)
    .map((one) => point(one.lon, one.lat, { layer: 'fire', id: one.id, name: one.name }))
  return [...cases, ...people, ...fires]
}
