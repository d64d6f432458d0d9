export * from './checklist'
export * from './marks'
export * from './result'
export * from './words'
