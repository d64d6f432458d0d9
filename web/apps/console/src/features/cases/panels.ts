import type { CaseDetail } from '@wangge/api'
import { defineAsyncComponent, type Component } from 'vue'

/**
 * What other rooms show of a case. A panel is fetched when it is shown; it takes `shown` (the case) and says
 * `changed` when the page must read the case again. A panel that has nothing to say renders nothing.
 */
export interface CasePanel {
  key: string
  component: Component
  isFor?: (shown: CaseDetail) => boolean
}

type Fetch = () => Promise<{ default: Component }>

export const panel = (key: string, fetch: Fetch, isFor?: CasePanel['isFor']): CasePanel => ({
  key,
  component: defineAsyncComponent(fetch),
  ...(isFor && { isFor }),
})

/** In the order in which they are read, below the facts and photos. */
export const PANELS: CasePanel[] = [
  panel('oversight', () => import('./CaseOversight.vue')),
  panel(
    'handlers',
    () => import('./HandlerAdvice.vue'),
    (shown) => shown.status === 'accepted' || shown.status === 'dispatched',
  ),
  panel('teams', () => import('./CaseTeams.vue')),
  panel(
    'alike',
    () => import('./CaseAlike.vue'),
    (shown) => shown.venue_id !== null,
  ),
  panel('evidence', () => import('./CaseEvidence.vue')),
  panel('major', () => import('./CaseMajor.vue')),
  panel('documents', () => import('./CaseDocuments.vue')),
]
