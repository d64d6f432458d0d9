/** What can wait until the phone has drawn what somebody looks at; never longer than `mostMs`. */
export function whenIdle(work: () => void, mostMs = 3_000): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: mostMs })
  else setTimeout(work, 300)
}
