import { call, listDepartments, listMatters, type DepartmentOut, type MatterOut } from '@wangge/api'

let matters: Promise<MatterOut[]> | undefined
let departments: Promise<DepartmentOut[]> | undefined

/** The kinds of matter; fetched once a page load, and again after a failure. */
export function getMatters(): Promise<MatterOut[]> {
  matters ??= call(listMatters()).catch((cause: unknown) => {
    matters = undefined
    throw cause
  })
  return matters
}

/** The departments that cover any part of the caller's grids. */
export function getDepartments(): Promise<DepartmentOut[]> {
  departments ??= call(listDepartments()).catch((cause: unknown) => {
    departments = undefined
    throw cause
  })
  return departments
}

export interface MatterGroup {
  code: string
  zh: string
  en: string
  matters: MatterOut[]
}

/** Group the matters in the order in which they came. */
export function groupMatters(all: readonly MatterOut[]): MatterGroup[] {
  const groups = new Map<string, MatterGroup>()
  for (const matter of all) {
    const group = groups.get(matter.group_code) ?? {
      code: matter.group_code,
      zh: matter.group_zh,
      en: matter.group_en,
      matters: [],
    }
    group.matters.push(matter)
    groups.set(matter.group_code, group)
  }
  return [...groups.values()]
}
