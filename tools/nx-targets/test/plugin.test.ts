import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { createNodesV2 } from '../plugin.mjs';

type Target = { executor: string; inputs?: unknown[]; dependsOn?: string[]; options?: { command: string } };
type Nodes = [string, { projects: Record<string, { targets: Record<string, Target> }> }][];

let workspaceRoot: string;
before(() => {
  workspaceRoot = mkdtempSync(join(tmpdir(), 'nx-targets-'));
});
after(() => {
  rmSync(workspaceRoot, { recursive: true });
});

/** The targets of a project with these files. */
function targetsOf(root: string, files: Record<string, string>): Record<string, Target> {
  for (const [file, text] of Object.entries({ 'package.json': '{}', ...files })) {
    const path = join(workspaceRoot, root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const [, createNodes] = createNodesV2;
  const nodes = createNodes([`${root}/package.json`], undefined, {
    workspaceRoot,
    nxJsonConfiguration: {},
  }) as unknown as Nodes;
  return nodes[0]?.[1].projects[root]?.targets ?? {};
}

test('a project with nothing to do has every target all the same', () => {
  assert.deepEqual(targetsOf('tools/empty', {}), {
    test: { executor: 'nx:noop' },
    build: { executor: 'nx:noop' },
    typecheck: { executor: 'nx:noop' },
  });
});

test('a test target needs a test file, however deep, and finds the runner', () => {
  const none = targetsOf('libs/none', { 'test/readme.md': '' });
  assert.equal(none.test?.executor, 'nx:noop');
  const deep = targetsOf('libs/deep', { 'test/a/b.test.ts': '', 'tsconfig.json': '{}' });
  assert.match(deep.test?.options?.command ?? '', / \.\.\/\.\.\/tools\/test-report\/run-tests\.mjs$/);
  assert.ok(!('typecheck' in deep));
  const top = targetsOf('bench', { 'test/b.test.ts': '' });
  assert.match(top.test?.options?.command ?? '', / \.\.\/tools\/test-report\/run-tests\.mjs$/);
});

test('inputs of its own are added to those of every test', () => {
  const page = '{workspaceRoot}/docs/page.md';
  const manifest = JSON.stringify({ 'quay-observability': { testInputs: [page] } });
  const { test: own } = targetsOf('libs/own', { 'package.json': manifest, 'test/a.test.ts': '' });
  const { test: plain } = targetsOf('libs/plain', { 'test/a.test.ts': '' });
  const inputs = own?.inputs ?? [];
  assert.ok(inputs.includes(page));
  assert.deepEqual(
    inputs.filter((input) => input !== page),
    plain?.inputs,
  );
});

test('an app builds a deployable and can be served, a library compiles', () => {
  const app = targetsOf('apps/one', {});
  assert.match(app.build?.options?.command ?? '', /assemble\.mjs apps\/one$/);
  assert.match(app.serve?.options?.command ?? '', /--watch src\/main\.ts$/);
  const { build } = targetsOf('libs/compiled', { 'tsconfig.lib.json': '{}' });
  assert.deepEqual(build, { executor: 'nx:noop', dependsOn: ['compile'] });
});
