/** How long to wait after the n-th failure in a row. */

export const FIRST_WAIT_MS = 2_000
export const LONGEST_WAIT_MS = 300_000

/** Doubles, up to five minutes, with jitter (half to whole), so that a district's phones do not come back as one. */
export function waitMs(attempts: number, random: number, retryAfterS: number = 0): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1))
  return Math.max(whole * (0.5 + random / 2), retryAfterS * 1_000)
}
