/** How long to wait after the n-th failure in a row, or after the server said when. */

export const FIRST_WAIT_MS = 2_000
export const LONGEST_WAIT_MS = 300_000
const SPREAD_MS = 1_000

/** Doubles, up to five minutes, with jitter (half to whole), so that a district's phones do not come back as one. */
export function waitMs(attempts: number, random: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1))
  return whole * (0.5 + random / 2)
}

/** The server told a turn in whole seconds: come in that second, by chance, so that it is not all at its beginning. */
export function turnMs(retryAfterS: number, random: number): number {
  return retryAfterS * 1_000 + random * SPREAD_MS
}
