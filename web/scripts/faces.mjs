import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CONSOLE = ['src/layout/FrameShell.vue', '../../locales/ui/zh-CN.json', '../../locales/console/zh-CN.json']

/** The faces, their limit for scripts of a first page (gzip), and what each page that people begin on fetches, its texts too. */
export const FACES = {
  console: {
    limitKb: 140,
    starts: {
      'work place': [...CONSOLE, 'src/features/desk/DeskPage.vue', '../../locales/console/desk/zh-CN.json'],
      cases: [...CONSOLE, 'src/features/cases/CaseList.vue', '../../locales/console/cases/zh-CN.json'],
    },
  },
  field: {
    limitKb: 250,
    starts: {
      today: [
        'src/layout/FrameShell.vue',
        'src/features/orders/TodayPage.vue',
        '../../locales/ui/zh-CN.json',
        '../../locales/field/zh-CN.json',
      ],
    },
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
