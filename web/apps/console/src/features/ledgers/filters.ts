import type { LocationQuery, LocationQueryRaw } from 'vue-router'

/** Which ledger of which territory and which days; it lives in the address. */
export interface LedgerFilters {
  code: string
  grid: string
  from: string
  to: string
}

/** So many rows go onto paper. */
export const PRINTED = 2000
const CHINA_MS = 8 * 3_600_000
const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''
const day = (value: string, otherwise: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : otherwise)

/** Without days: this month so far. */
export function fromUrl(query: LocationQuery, now: Date): LedgerFilters {
  const today = new Date(now.getTime() + CHINA_MS).toISOString().slice(0, 10)
  return {
    code: one(query.code),
    grid: one(query.grid),
    from: day(one(query.from), `${today.slice(0, 8)}01`),
    to: day(one(query.to), today),
  }
}

export const toUrl = (filters: LedgerFilters): LocationQueryRaw =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''))

type Query = Record<string, string>
const said = (query: Query): string =>
  new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()

export const exportAll = (query: Query): string => `/api/ledgers/export.xlsx?${said(query)}`
export const exportOne = (code: string, query: Query, suffix: 'csv' | 'xlsx'): string =>
  `/api/ledgers/${encodeURIComponent(code)}/export.${suffix}?${said(query)}`
