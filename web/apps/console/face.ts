import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { fileURLToPath } from 'node:url'
import type { Face } from '../../vite.config'

/** The console: Element Plus, only the components that a page names. In dev one full stylesheet serves them all. */
export function face(build: boolean): Face {
  return {
    base: '/',
    plugins: [
      Components({
        dirs: [],
        dts: fileURLToPath(new URL('./components.d.ts', import.meta.url)),
        resolvers: [ElementPlusResolver({ importStyle: build ? 'css' : false })],
      }),
    ],
  }
}
