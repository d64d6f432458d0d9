import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The faces, their limit for scripts of the first page (gzip), and what the first page after log-in fetches, its texts too. */
export const FACES = {
  console: {
    limitKb: 140,
    start: [
      'src/layout/FrameShell.vue',
      'src/features/desk/DeskPage.vue', // the console opens on it
      '../../locales/ui/zh-CN.json',
      '../../locales/console/zh-CN.json',
      '../../locales/console/desk/zh-CN.json',
    ],
  },
  field: {
    limitKb: 250,
    start: [
      'src/layout/FrameShell.vue',
      'src/features/orders/TodayPage.vue',
      '../../locales/ui/zh-CN.json',
      '../../locales/field/zh-CN.json',
    ],
  },
}

export const WEB = fileURLToPath(new URL('..', import.meta.url))
export const outDir = (face) => fileURLToPath(new URL(`../../src/wangge/static/${face}`, import.meta.url))
export const asked = () => (process.env.FACE ? [process.env.FACE] : Object.keys(FACES))

export function mustExist(path, remedy) {
  if (!existsSync(path)) {
    console.error(`${path} is missing. ${remedy}`)
    process.exit(1)
  }
}
