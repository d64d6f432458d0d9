import type { ApiError } from '@wangge/api'
import { shallowRef } from 'vue'

/** Why nobody could be asked for who is logged in: shown instead of a page, with a button to try again. */
export const startError = shallowRef<ApiError>()
