import { onBeforeUnmount, ref, type Ref } from 'vue'

export interface Step {
  number: number
  case_id: string
  action: string
  before: string
  after: string
  grid_path: string
  matter_code: string
  at: string
}

const AGAIN_MS = 5_000

/**
 * Listen to the stream (LV-1). The browser comes back by itself with the mark of its last message; where it gives
 * up, because the answer was no, we come back with that mark after a while.
 */
export function useLive(told: { steps: (steps: Step[]) => void; anew: () => void }): {
  isOpen: Ref<boolean>
  listen: (url: string) => void
} {
  const isOpen = ref(false)
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let mark = ''
  let address = ''

  function open(): void {
    const url = mark ? `${address}?since=${encodeURIComponent(mark)}` : address
    source = new EventSource(url, { withCredentials: true })
    source.addEventListener('steps', (event: MessageEvent<string>) => {
      isOpen.value = true
      mark = event.lastEventId || mark
      const steps = JSON.parse(event.data) as Step[]
      if (steps.length > 0) told.steps(steps)
    })
    source.addEventListener('anew', (event: MessageEvent<string>) => {
      isOpen.value = true
      mark = event.lastEventId || mark
      told.anew()
    })
    source.addEventListener('error', () => {
      isOpen.value = false
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = setTimeout(open, AGAIN_MS)
    })
  }

  function listen(url: string): void {
    if (url === address) return
    source?.close()
    address = url
    open()
  }
  onBeforeUnmount(() => {
    clearTimeout(timer)
    source?.close()
  })
  return { isOpen, listen }
}
