import Components from 'unplugin-vue-components/vite'
import { VantResolver } from '@vant/auto-import-resolver'
import { fileURLToPath } from 'node:url'
import type { Face } from '../../vite.config'

/** The field face: Vant, served under /m/. */
export function face(build: boolean): Face {
  return {
    base: '/m/',
    plugins: [
      Components({
        dirs: [],
        dts: fileURLToPath(new URL('./components.d.ts', import.meta.url)),
        resolvers: [VantResolver({ importStyle: build })],
      }),
    ],
  }
}
