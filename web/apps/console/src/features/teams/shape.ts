import type { EquipmentIn, TeamDetail, TeamIn, TeamMemberIn } from '@wangge/api'
import { newId } from '@wangge/outbox/ids'

export interface MemberLine extends TeamMemberIn {
  shown: string
}
export type TeamDraft = Omit<TeamIn, 'members' | 'equipment' | 'areas'> & {
  members: MemberLine[]
  equipment: EquipmentIn[]
  areas: { path: string; name: string }[]
}

/** A new team, or one that stands, as a form holds it. */
export function draftOf(team: TeamDetail | undefined, path: string): TeamDraft {
  if (!team)
    return {
      id: newId(),
      team_id: newId(),
      base_version: 0,
      kind: '',
      name: '',
      path,
      lon: 0,
      lat: 0,
      address: '',
      radius_m: null,
      areas: [],
      duty_phone: '',
      members: [],
      equipment: [],
    }
  return {
    id: newId(),
    team_id: team.id,
    base_version: team.version,
    kind: team.kind,
    name: team.name,
    path: team.path,
    lon: team.lon,
    lat: team.lat,
    address: team.address,
    radius_m: team.radius_m,
    areas: team.areas.map((each, n) => ({ path: each, name: team.area_names[n] ?? each })),
    duty_phone: team.duty_phone,
    members: team.members.map(({ id, user_id, name, phone, duty }) => ({
      id,
      user_id,
      name: user_id === null ? name : '',
      phone,
      duty,
      shown: name,
    })),
    equipment: team.equipment.map(({ id, kind, name, count, serial, storage, interval_days, last_on }) => ({
      id,
      kind,
      name,
      count,
      serial,
      storage,
      interval_days,
      last_on,
    })),
  }
}

/** What the form holds, as it is sent. */
export function teamOf(draft: TeamDraft): TeamIn {
  return {
    ...draft,
    radius_m: draft.radius_m || null, // an emptied field of a form is '', not null
    equipment: draft.equipment.map((one) => ({
      ...one,
      interval_days: one.interval_days || null,
      last_on: one.last_on || null,
    })),
    areas: draft.areas.map(({ path }) => path),
    members: draft.members.map(({ id, user_id, name, phone, duty }) => ({
      id,
      user_id: user_id ?? null,
      name: name ?? '',
      phone: phone ?? '',
      duty: duty ?? 'member',
    })),
  }
}

/** The list with the line at `place` one up or down: the order is the order of calling. */
export function moved<T>(lines: readonly T[], place: number, by: -1 | 1): T[] {
  const next = [...lines]
  const other = place + by
  const [one, two] = [next[place], next[other]]
  if (one === undefined || two === undefined) return next
  next[place] = two
  next[other] = one
  return next
}
