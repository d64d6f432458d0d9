import pluginVue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'
import layers from './scripts/eslint-layers.mjs'

const NO_VUE = [
  'vue',
  'vue-*',
  'pinia',
  '@vue/*',
  'element-plus*',
  'vant*',
  '@wangge/ui',
  '@wangge/map',
  '@wangge/session',
]

export default tseslint.config(
  { ignores: ['node_modules', 'packages/api/src/generated', 'apps/*/components.d.ts'] },
  ...tseslint.configs.strict,
  ...pluginVue.configs['flat/essential'],
  {
    files: ['**/*.{ts,vue,mjs,js}'],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: tseslint.parser, sourceType: 'module', extraFileExtensions: ['.vue'] },
    },
    plugins: { wangge: { rules: { layers } } },
    rules: {
      'wangge/layers': 'error',
      'max-lines': ['error', 250],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      eqeqeq: 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
    },
  },
  {
    files: ['packages/{engine,outbox,api}/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: NO_VUE, message: 'This package knows no UI framework.' }] },
      ],
    },
  },
  { files: ['**/tests/**'], rules: { 'max-lines': ['error', 400] } },
  { files: ['scripts/**', 'tests/**', '*.config.*'], rules: { 'no-console': 'off' } },
)
