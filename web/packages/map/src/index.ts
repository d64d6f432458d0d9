import { defineAsyncComponent } from 'vue'

/** The map itself is heavy: it comes when a page first shows it. */
export const GridMap = defineAsyncComponent(() => import('./GridMap.vue'))
/** The same for drawing, with its tools: a chunk of its own. */
export const DrawMap = defineAsyncComponent(() => import('./DrawMap.vue'))
export * from './colours'
export * from './lines'
export * from './shapes'
export * from './types'
export * from './useGridAround'
