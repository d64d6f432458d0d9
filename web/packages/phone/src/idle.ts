/** What can wait until the phone has drawn what somebody looks at; never longer than `mostMs`. */
export function whenIdle(work: () => void, mostMs = 3_000): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: mostMs })
  else setTimeout(work, 300)
}

/** A breath between two pieces of work: the phone draws and answers fingers before the next one. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
