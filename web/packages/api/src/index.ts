export * from './generated'
export * from './call'
export * from './refusal'
