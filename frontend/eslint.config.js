import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'

/** The layers: app → domains → platform, design, contract. A domain's inside is its own. */
const above = (...layers) => ({
  regex: `^@/(${layers.join('|')})(/|$)`,
  message: `${layers.join(', ')}: above this layer, or beside it.`,
})
const deepInDomain = { regex: '^@/domains/[^/]+/.+', message: 'Use what the domain’s index.ts offers.' }
const outOfFolder = {
  regex: String.raw`^(\.\./)+(app|domains|platform|design|contract)(/|$)`,
  message: 'Write @/… to leave a layer.',
}
const onlyLanguage = {
  regex: '^@/platform/(?!i18n(/|$))',
  message: 'Of the platform, the design system knows only the language.',
}
const rekaUi = { group: ['reka-ui', 'reka-ui/*'], message: 'Only the design system knows reka-ui.' }
const imports = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: [outOfFolder, ...patterns] }],
})

export default ts.config(
  { ignores: ['dist/', 'src/contract/', 'src/domains/**/documents.ts', 'test-results/', 'public/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...vue.configs['flat/recommended'],
  ...accessibility.configs['flat/recommended'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        parser: ts.parser,
        project: ['./tsconfig.json', './tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/component-api-style': ['error', ['script-setup', 'composition']],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/define-macros-order': [
        'error',
        { order: ['defineOptions', 'defineProps', 'defineEmits', 'defineModel'] },
      ],
      'vuejs-accessibility/no-redundant-roles': 'off', // role="list" brings back what list-style: none takes away in Safari
      '@typescript-eslint/no-useless-default-assignment': 'off', // wrong about destructured props
      'vue/custom-event-name-casing': ['error', 'camelCase'],
      'vue/no-undef-components': [
        'error',
        { ignorePatterns: ['RouterLink', 'RouterView', 'font-awesome-icon'] },
      ],
      'vue/no-static-inline-styles': 'error',
      'vue/no-unused-refs': 'error',
      'vue/prefer-true-attribute-shorthand': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  { files: ['src/app/**'], rules: imports(rekaUi, deepInDomainExceptRoutes()) },
  { files: ['src/domains/**'], rules: imports(rekaUi, deepInDomain, above('app')) },
  { files: ['src/graphiql/**'], rules: imports(rekaUi, above('app', 'domains', 'design')) },
  { files: ['src/platform/**'], rules: imports(rekaUi, above('app', 'domains', 'design')) },
  { files: ['src/design/**'], rules: imports(above('app', 'domains', 'contract'), onlyLanguage) },
  // A mock is handed to expect() as it is.
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/unbound-method': 'off' } },
  // Takes our <Select label> for a bare <select>; the design system's own files have the plain elements.
  {
    files: ['src/app/**', 'src/domains/**'],
    rules: { 'vuejs-accessibility/form-control-has-label': 'off' },
  },
  // Apollo 3 warns of Apollo 4, which @vue/apollo-composable does not know yet.
  { files: ['src/platform/graphql/**'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  { files: ['**/*.mjs', '*.config.*', 'build/**'], languageOptions: { globals: globals.node } },
  { files: ['**/*.{js,mjs}'], ...ts.configs.disableTypeChecked },
  { files: ['scripts/**', 'build/**'], rules: { 'no-console': 'off' } },
  prettier,
)

/** The app joins the domains: it may take their routes and catalogues beside their index. */
function deepInDomainExceptRoutes() {
  return {
    regex: '^@/domains/[^/]+/(?!(routes|([a-z]+/)?i18n/[a-z]+)$).+',
    message: 'Use the domain’s index.ts, routes.ts or i18n.',
  }
}
