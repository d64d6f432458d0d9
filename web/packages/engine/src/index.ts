export * from './checklist'
export * from './marks'
export * from './result'
