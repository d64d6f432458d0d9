import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type PluginOption } from 'vite'

/** What one face adds to the shared build: it lives in apps/<face>/face.ts. */
export interface Face {
  base: string
  plugins: PluginOption[]
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// One build a face: a build of several pages would put every face into the field face's precache.
export default defineConfig(async ({ command }) => {
  const name = process.env.FACE ?? 'console'
  const { face } = (await import(here(`./apps/${name}/face.ts`))) as { face: (build: boolean) => Face }
  const { base, plugins } = face(command === 'build')
  return {
    root: here(`./apps/${name}`),
    base,
    plugins: [vue(), plugins],
    resolve: { alias: { '@locales': here('./locales') } },
    define: {
      __VUE_I18N_LEGACY_API__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'true', // packages/ui/src/messages.ts fills the texts instead
    },
    worker: { format: 'es' as const },
    build: {
      outDir: here(`../src/wangge/static/${name}`),
      emptyOutDir: true,
      manifest: true,
      target: 'es2022',
      chunkSizeWarningLimit: 1200,
    },
    server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  }
})
