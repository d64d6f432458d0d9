import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../contracts/openapi.json',
  output: 'packages/api/src/generated',
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
})
