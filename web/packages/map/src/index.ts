import { defineAsyncComponent } from 'vue'

/** The map itself is heavy: it comes when a page first shows it. */
export const GridMap = defineAsyncComponent(() => import('./GridMap.vue'))
export * from './colours'
export * from './shapes'
export * from './types'
export * from './useGridAround'
