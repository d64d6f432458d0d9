import type { Medium } from '@wangge/api'

/** By what people are reached outside the house, in the order of the screens. */
export const MEDIA: readonly Medium[] = ['sms', 'wecom', 'dingtalk', 'feishu', 'email']
