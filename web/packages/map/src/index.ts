import { defineAsyncComponent } from 'vue'

/** The map itself is heavy: it comes when a page first shows it. */
export const GridMap = defineAsyncComponent(() => import('./GridMap.vue'))
/** The same for drawing, with its tools: a chunk of its own. */
export const DrawMap = defineAsyncComponent(() => import('./DrawMap.vue'))
/** The map of the command centre, from tiles: a chunk of its own. */
export const CityMap = defineAsyncComponent(() => import('./CityMap.vue'))
export { CELL_STEPS, PLACE_COLOURS, ringAround } from './city'
export * from './colours'
export * from './lines'
export * from './shapes'
export { default as ShapeList } from './ShapeList.vue'
export * from './types'
export * from './useGridAround'
