import { basename, dirname } from 'node:path';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import * as jsoncParser from 'jsonc-eslint-parser';

// Imports go one way: contract -> adapter -> kit -> app (docs/architecture.md). A library that is
// about one outside package is the only one that may import it.
const homes = {
  express: 'service',
  'prom-client': 'metrics',
  winston: 'logging',
  'winston-transport': 'logging',
  '@opentelemetry/*': 'tracing',
  ioredis: 'redis',
  jose: 'jwt',
  bullmq: 'jobs',
  '@bull-board/*': 'jobs',
  knex: 'database',
  pg: 'database',
  undici: 'gateway',
  '@aws-sdk/client-s3': 'storage',
  '@aws-sdk/client-sts': 'storage',
  '@aws-sdk/client-rds': 'aws-rds',
  ldapts: 'ldap',
};
const layers = ['contract', 'adapter', 'kit', 'app', 'tool', 'test', 'example'];
const mayImport = {
  contract: ['contract'],
  adapter: ['contract'],
  kit: ['adapter', 'contract'],
  app: ['kit', 'adapter', 'contract'],
  tool: ['kit', 'adapter', 'contract', 'test', 'tool'],
  test: ['kit', 'adapter', 'contract', 'test', 'tool', 'app'],
  // Programs as users write them: libraries, and whatever they like from outside.
  example: ['kit', 'adapter', 'contract'],
};

/** Forbids, in the sources of an app or library, the outside packages that have their home elsewhere. */
function packageHomes(folder) {
  const project = basename(folder);
  const area = basename(dirname(folder));
  if (!['apps', 'libs'].includes(area) || project === 'testkit') return [];
  const elsewhere = Object.keys(homes).filter((name) => area === 'apps' || homes[name] !== project);
  const patterns = elsewhere.map((name) => ({
    // From the beginning: `@somebody/express` is another package.
    group: [`/${name}`],
    message: `${name} is imported by libs/${homes[name]} only.`,
  }));
  return [{ files: ['src/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns }] } }];
}

/** The configuration of one project; ESLint takes file patterns as relative to the project's folder. */
export function projectConfig(folder) {
  return [...base, ...packageHomes(folder)];
}

const base = tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/node_modules', '**/.cache', '**/.nx', '**/test-results'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [...tseslint.configs.recommendedTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true }, globals: globals.node },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // An app's main.ts loads the service only after tracing has begun.
          checkDynamicDependenciesExceptions: ['^@quay-observability/service(/instrument)?$'],
          allow: [],
          depConstraints: layers.map((layer) => ({
            sourceTag: `layer:${layer}`,
            onlyDependOnLibsWithTags: mayImport[layer].map((name) => `layer:${name}`),
          })),
        },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      // node:test returns promises that it awaits itself.
      '@typescript-eslint/no-floating-promises': 'off',
      // A test may start anything that it needs, the servers of the testkit above all.
      '@nx/enforce-module-boundaries': 'off',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsoncParser },
    plugins: { '@nx': nx },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          buildTargets: ['compile'],
          ignoredFiles: ['{projectRoot}/eslint.config.mjs', '{projectRoot}/test/**/*'],
          checkObsoleteDependencies: true,
        },
      ],
    },
  },
);

export default base;
