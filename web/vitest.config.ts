import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@locales': fileURLToPath(new URL('./locales', import.meta.url)) } },
  test: {
    environment: 'happy-dom',
    include: ['{apps,packages}/**/*.test.ts', 'tests/**/*.test.ts'],
    reporters: ['default', './tests/reporter.ts'],
    env: { TZ: 'Asia/Shanghai' },
    server: { deps: { inline: ['element-plus'] } },
  },
})
