import { call, countUnreadNotices } from '@wangge/api'
import { ref } from 'vue'

/** How many notices the person has not read: the bell and the inbox show the same number. */
export const unread = ref<number>()

/** Ask for the number. A server that does not answer leaves it as it is: the next look is soon. */
export async function lookForUnread(): Promise<void> {
  try {
    unread.value = (await call(countUnreadNotices())).unread
  } catch {
    return
  }
}
