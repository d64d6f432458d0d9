import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../contracts/openapi.json',
  output: 'packages/api/src/generated',
  // The browser sends the session's cookie by itself: a word of it at each of two hundred calls would say nothing.
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', { name: '@hey-api/sdk', auth: false }],
})
