import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text as readAll } from 'node:stream/consumers';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfigText } from '@quay-observability/quay-config';
import { namespaceLabel } from '@quay-observability/registry-routes';
import { pythonEnvironment } from '@quay-observability/testkit';

const ORACLE = join(import.meta.dirname, '../oracle/tracked_namespaces.py');
/** Few, so that names meet again in several buckets; digits, because objects order them differently. */
const NAMES = [
  'acme',
  'Acme',
  'ümlaut',
  '7',
  '12',
  '0',
  '',
  ' ',
  'other',
  '__proto__',
  'constructor',
  'null',
];
const ODD = [
  '5',
  '12',
  '1.5',
  'true',
  'false',
  'null',
  '[]',
  '{}',
  '["acme"]',
  '{"acme": "acme"}',
  '[["acme"]]',
];

/** Repeatable, so that a difference can be found again. */
function randomSource(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? '';
  return { below, pick };
}

/** The text of a configuration: mostly well formed, at times odd at any place. */
function randomConfig({ below, pick }: ReturnType<typeof randomSource>): string {
  const name = () => (below(25) === 0 ? pick(ODD) : JSON.stringify(pick(NAMES)));
  const list = () => `[${Array.from({ length: below(5) }, name).join(', ')}]`;
  const names = () => (below(3) === 0 ? name() : list());
  const pair = () => `${JSON.stringify(pick(NAMES))}: ${names()}`;
  const mapping = () => `{${Array.from({ length: below(6) }, pair).join(', ')}}`;
  const shapes = [list, mapping, mapping, () => pick(ODD), name];
  return `{"TRACKED_NAMESPACES": ${(shapes[below(shapes.length)] ?? list)()}}`;
}

test('5,000 configurations of all shapes track the same namespaces under the same labels as in Python', async () => {
  const random = randomSource(20_261_125);
  const configs = Array.from({ length: 5000 }, () => randomConfig(random));
  const { python } = await pythonEnvironment('quay');
  const child = spawn(python, ['-B', ORACLE], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ configs, namespaces: NAMES }));
  const theirs = JSON.parse(await readAll(child.stdout)) as string[][];

  assert.equal(theirs.length, configs.length);
  configs.forEach((text, index) => {
    const { trackedNamespaces } = readConfigText(text, { source: 'config.yaml', env: {} }).config;
    const ours = NAMES.map((name) => namespaceLabel(name, trackedNamespaces));
    assert.deepEqual(ours, theirs[index], text);
    // The variable is read in the same way.
    const variable = text.slice('{"TRACKED_NAMESPACES": '.length, -1);
    const { config } = readConfigText('', { source: undefined, env: { TRACKED_NAMESPACES: variable } });
    assert.deepEqual([...config.trackedNamespaces], [...trackedNamespaces], variable);
  });
  // Not vacuous: some track nothing, and some several buckets.
  const buckets = theirs.map((labels) => new Set(labels).size);
  assert.ok(buckets.filter((count) => count === 1).length > 500);
  assert.ok(buckets.filter((count) => count > 3).length > 500);
});
