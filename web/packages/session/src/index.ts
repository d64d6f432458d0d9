export { useSession } from './session'
export { lookForUnread, unread } from './unread'
