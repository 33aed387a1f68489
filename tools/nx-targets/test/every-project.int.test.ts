import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const WORKSPACE = join(import.meta.dirname, '../../..');

type Graph = {
  graph: { nodes: Record<string, { data: { root: string; targets: Record<string, unknown> } }> };
};

test('lint, typecheck, build and test work for every project, and serve for every app', () => {
  const output = execFileSync(join(WORKSPACE, 'node_modules/.bin/nx'), ['graph', '--print'], {
    cwd: WORKSPACE,
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
  });
  const projects = Object.values((JSON.parse(output) as Graph).graph.nodes).map(({ data }) => data);
  assert.ok(projects.some(({ root }) => root === 'bench'));
  for (const { root, targets } of projects) {
    const wanted = ['lint', 'typecheck', 'build', 'test', ...(root.startsWith('apps/') ? ['serve'] : [])];
    assert.deepEqual(
      wanted.filter((target) => !(target in targets)),
      [],
      root,
    );
  }
});
