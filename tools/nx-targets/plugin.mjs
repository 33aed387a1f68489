/**
 * Inferred targets of this workspace, so that no project repeats them:
 *   test    wherever a `test/` folder has `*.test.ts` files (node's own runner, no build needed)
 *   serve   for every app: runs `src/main.ts` from source and restarts on change
 *   build   for every app: one deployable folder; for every other project: its compiled output
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONDITION = '--conditions=@quay-observability/source';

/** @type {import('@nx/devkit').CreateNodesV2} */
export const createNodesV2 = [
  '{apps,libs,tools}/*/package.json',
  (files, _options, context) =>
    files.map((file) => {
      const root = dirname(file);
      const targets = targetsOf(root, join(context.workspaceRoot, root));
      return [file, { projects: { [root]: { root, targets } } }];
    }),
];

export const name = 'quay-observability-targets';

function targetsOf(root, folder) {
  const targets = {};
  const runFromSource = { executor: 'nx:run-commands', options: { cwd: root } };
  if (hasTests(join(folder, 'test'))) {
    targets.test = {
      ...runFromSource,
      options: {
        ...runFromSource.options,
        command: `node ${CONDITION} ../../tools/test-report/run-tests.mjs`,
      },
      cache: true,
      inputs: [
        'default',
        '^production',
        '{workspaceRoot}/tools/test-report/**/*',
        { externalDependencies: ['node'] },
      ],
      outputs: ['{projectRoot}/test-results'],
    };
  }
  if (root.startsWith('apps/')) {
    targets.serve = {
      ...runFromSource,
      options: { ...runFromSource.options, command: `node ${CONDITION} --watch src/main.ts` },
      continuous: true,
      cache: false,
    };
    targets.build = {
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
    };
  } else if (existsSync(join(folder, 'tsconfig.lib.json'))) {
    targets.build = { executor: 'nx:noop', dependsOn: ['compile'] };
  }
  return targets;
}

function hasTests(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((entry) => {
    const path = join(folder, entry);
    return entry.endsWith('.test.ts') || (statSync(path).isDirectory() && hasTests(path));
  });
}
