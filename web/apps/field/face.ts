import Components from 'unplugin-vue-components/vite'
import { VantResolver } from '@vant/auto-import-resolver'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { VitePWA, type ManifestOptions } from 'vite-plugin-pwa'
import type { Face } from '../../vite.config'

/** What the phone's home screen is told. */
const MANIFEST: Partial<ManifestOptions> = {
  id: '/m/',
  name: '网格 Wangge',
  short_name: '网格',
  description: '城市网格安全工作平台 · 手机端',
  lang: 'zh-CN',
  start_url: '/m/',
  scope: '/m/',
  display: 'standalone',
  orientation: 'portrait',
  theme_color: '#0b57d0',
  background_color: '#f4f6f9',
  icons: [
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
}

/** Vant's stylesheet names a font on a foreign server as its second choice; the first one is inside the stylesheet. */
const ownFontsOnly: Plugin = {
  name: 'wangge:own-fonts-only',
  enforce: 'pre',
  transform(code, id) {
    if (!/vant.*\.css/.test(id)) return undefined
    return { code: code.replace(/,\s*url\((['"]?)(?:https?:)?\/\/[^)]*\)\s*format\([^)]*\)/g, ''), map: null }
  },
}

/** Sources of what a member sees first. */
const FIRST = ['layout/FrameShell.vue', 'orders/TodayPage.vue', 'locales/ui/zh-CN.json', 'locales/field/zh-CN.json']

/**
 * The page itself names all that the first screen needs, so that a slow link fetches it at once and not in four
 * rounds, each after the scripts of the one before have run.
 */
const namesFirstScreen: Plugin = {
  name: 'wangge:names-first-screen',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
      const isFirst = ({ facadeModuleId }: { facadeModuleId: string | null }) =>
        FIRST.some((end) => facadeModuleId?.endsWith(end))
      const files = new Set<string>()
      const styles = new Set<string>()
      const waiting = chunks.filter(isFirst)
      if (waiting.length !== FIRST.length) throw new Error(`the first screen has other chunks: mend ${import.meta.url}`)
      for (let chunk = waiting.pop(); chunk; chunk = waiting.pop()) {
        if (files.has(chunk.fileName)) continue
        files.add(chunk.fileName)
        for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style)
        waiting.push(...chunks.filter(({ fileName }) => chunk.imports.includes(fileName)))
      }
      // The styles before the scripts: nothing is drawn without them, and a phone has six lines to the house.
      const sheets = html.match(/^ *<link rel="stylesheet"[^>]*>\n/gm) ?? []
      const stripped = sheets.reduce((rest, one) => rest.replace(one, ''), html)
      const sorted = stripped.replace(/^ *<script type="module"/m, (script) => sheets.join('') + script)
      const isNew = (file: string): boolean => !html.includes(file)
      const tags = [
        ...[...files].filter(isNew).map((file) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/m/${file}` },
        })),
        ...[...styles].filter(isNew).map((file) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'style', crossorigin: true, href: `/m/${file}` },
        })),
      ].map((one) => ({ ...one, injectTo: 'head' as const }))
      return { html: sorted, tags }
    },
  },
}

/** The field face: Vant, served under /m/, opens without signal. */
export function face(build: boolean): Face {
  return {
    base: '/m/',
    plugins: [
      ownFontsOnly,
      namesFirstScreen,
      Components({
        dirs: [],
        dts: fileURLToPath(new URL('./components.d.ts', import.meta.url)),
        resolvers: [VantResolver({ importStyle: build })],
      }),
      VitePWA({
        strategies: 'injectManifest',
        srcDir: 'src',
        filename: 'sw.ts',
        scope: '/m/',
        registerType: 'prompt',
        injectRegister: false,
        manifest: MANIFEST,
        injectManifest: { globPatterns: ['**/*.{js,css,html,svg,png,woff2}'] },
      }),
    ],
  }
}
