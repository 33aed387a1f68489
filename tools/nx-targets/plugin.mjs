/**
 * Inferred targets of this workspace, so that no project repeats them:
 *   test       wherever a `test/` folder has `*.test.ts` files (node's own runner, no build needed)
 *   serve      for every app: runs `src/main.ts` from source and restarts on change
 *   build      for every app: one deployable folder; for every other project: its compiled output
 *   typecheck  by `@nx/js/typescript`, `lint` by `@nx/eslint/plugin`
 * Where a project has nothing to do for one of them, the target is there and does nothing: each command
 * works for every project. (Nothing is without lint: every project has at least a package.json.)
 *
 * A test that reads files outside its project names them in its package.json, or the cache would miss
 * their changes:  "quay-observability": { "testInputs": ["{workspaceRoot}/docs/logging.md"] }
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const CONDITION = '--conditions=@quay-observability/source';
const NOTHING_TO_DO = { executor: 'nx:noop' };

/** @type {import('@nx/devkit').CreateNodesV2} */
export const createNodesV2 = [
  '{{apps,libs,tools,examples}/*,bench,observability}/package.json',
  (files, _options, context) =>
    files.map((file) => {
      const root = dirname(file);
      const targets = targetsOf(root, join(context.workspaceRoot, root));
      return [file, { projects: { [root]: { root, targets } } }];
    }),
];

export const name = 'quay-observability-targets';

function targetsOf(root, folder) {
  return {
    test: hasTests(join(folder, 'test')) ? testTarget(root, testInputs(folder)) : NOTHING_TO_DO,
    ...(root.startsWith('apps/') ? appTargets(root) : { build: buildTarget(folder) }),
    // Where there is a tsconfig.json, @nx/js/typescript infers what to do.
    ...(existsSync(join(folder, 'tsconfig.json')) ? {} : { typecheck: NOTHING_TO_DO }),
  };
}

function testTarget(root, ownInputs) {
  return {
    executor: 'nx:run-commands',
    options: {
      cwd: root,
      command: `node ${CONDITION} ${relative(root, 'tools/test-report/run-tests.mjs')}`,
    },
    cache: true,
    inputs: [
      'default',
      '^production',
      '{workspaceRoot}/tools/test-report/*.mjs',
      ...ownInputs,
      { externalDependencies: ['node'] },
    ],
    outputs: ['{projectRoot}/test-results'],
  };
}

function testInputs(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return manifest['quay-observability']?.testInputs ?? [];
}

function buildTarget(folder) {
  if (!existsSync(join(folder, 'tsconfig.lib.json'))) return NOTHING_TO_DO;
  return { ...NOTHING_TO_DO, dependsOn: ['compile'] };
}

function appTargets(root) {
  return {
    serve: {
      executor: 'nx:run-commands',
      options: { cwd: root, command: `node ${CONDITION} --watch src/main.ts` },
      continuous: true,
      cache: false,
    },
    build: {
      executor: 'nx:run-commands',
      options: { command: `node tools/deployable/assemble.mjs ${root}` },
      dependsOn: ['compile', '^compile'],
      cache: true,
      inputs: [
        'production',
        '^production',
        '{workspaceRoot}/package-lock.json',
        '{workspaceRoot}/tools/deployable/**/*',
      ],
      outputs: ['{workspaceRoot}/dist/{projectRoot}'],
    },
  };
}

function hasTests(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((entry) => {
    const path = join(folder, entry);
    return entry.endsWith('.test.ts') || (statSync(path).isDirectory() && hasTests(path));
  });
}
