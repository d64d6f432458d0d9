export * from './generated'
export * from './call'
export { client } from './generated/client.gen'
export * from './refusal'
