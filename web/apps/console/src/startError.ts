import type { ApiError } from '@wangge/api'
import { shallowRef } from 'vue'

/** Why nobody could be asked for who is logged in: shown instead of a page, with a button to try again. */
export const startError = shallowRef<ApiError>()

/** A page that could not be fetched, because the net is away: said above the page that stays, with a retry. */
export const lostPage = shallowRef<{ to: string; error: ApiError }>()
