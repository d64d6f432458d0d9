import { call, listCasePoints, listFirePoints, listOnDuty, listTeamPoints } from '@wangge/api'
import { boxText, shapesOf, type Box, type Shape } from '@wangge/map'
import { formatOn, useLoad } from '@wangge/ui'
import { computed, onBeforeUnmount, type ComputedRef } from 'vue'

/** A position older than this is drawn hollow: the phone may be off, or without signal. */
export const OLD_S = 15 * 60
const OFTEN_MS = 120_000

/** Cases, people on duty and teams of what the map looks at, as points. */
export function useThings(shows: {
  cases: ComputedRef<boolean>
  members: ComputedRef<boolean>
  teams: ComputedRef<boolean>
  fires: ComputedRef<boolean>
}) {
  let box: Box | undefined
  const cases = useLoad(() =>
    call(listCasePoints({ query: { bbox: boxText(box ?? [73, 3, 136, 54]), is_open: true } })),
  )
  const members = useLoad(() => call(listOnDuty()))
  const teams = useLoad(() => call(listTeamPoints({ query: { bbox: boxText(box ?? [73, 3, 136, 54]) } })))

  const year = 365 * 86_400_000
  const fires = useLoad(() =>
    call(
      listFirePoints({
        query: {
          bbox: boxText(box ?? [73, 3, 136, 54]),
          first_on: formatOn(new Date(Date.now() - year)),
          last_on: formatOn(new Date()),
        },
      }),
    ),
  )

  /** Fetch what lies in a box; people are asked for apart, since each look at them is written down. */
  function look(next: Box): void {
    box = next
    if (shows.cases.value) void cases.run()
    if (shows.teams.value) void teams.run()
    if (shows.fires.value) void fires.run()
  }
  const lookAtMembers = (): void => {
    if (shows.members.value) void members.run()
  }
  const timer = setInterval(lookAtMembers, OFTEN_MS)
  onBeforeUnmount(() => clearInterval(timer))

  const seen = computed(() => {
    const found = members.data.value
    const now = found ? new Date(found.at).getTime() : 0
    return (found?.items ?? []).map((one) => ({
      ...one,
      age_s: one.seen_at ? Math.max(0, Math.round((now - new Date(one.seen_at).getTime()) / 1000)) : null,
    }))
  })
  const point = (lon: number, lat: number, properties: Record<string, unknown>): Shape => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties,
  })
  const things = computed<Shape[]>(() => [
    ...(shows.fires.value
      ? (fires.data.value?.items ?? []).map((one) => point(one.lon, one.lat, { ...one, layer: 'fire' }))
      : []),
    ...(shows.teams.value
      ? (teams.data.value ?? []).map((one) => point(one.lon, one.lat, { ...one, layer: 'team' }))
      : []),
    ...(shows.cases.value
      ? shapesOf(cases.data.value).map((shape) => ({ ...shape, properties: { ...shape.properties, layer: 'case' } }))
      : []),
    ...(shows.members.value
      ? seen.value.flatMap((one) =>
          one.lon === null || one.lat === null
            ? []
            : [
                point(one.lon, one.lat, {
                  layer: 'member',
                  id: String(one.user_id),
                  name: one.name,
                  isOld: (one.age_s ?? 0) > OLD_S,
                }),
              ],
        )
      : []),
  ])
  return { cases, members, teams, fires, seen, things, look, lookAtMembers }
}
