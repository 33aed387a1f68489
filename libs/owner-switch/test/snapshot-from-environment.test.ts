import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createResolver,
  forcedByEnvironment,
  isGated,
  parseSnapshot,
  PROGRAMS,
  snapshotFromEnvironment,
  snapshotToJson,
} from '../src/index.ts';
import { anyOwner, anyQuestion, anySwitchName } from './arbitraries.ts';

const NOW = new Date('2026-02-16T10:11:12Z');
const read = (env: Record<string, string | undefined>) => snapshotFromEnvironment(env, NOW);

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    ',',
    'true',
    'FALSE',
    'acme',
    ' acme , beta/app ',
    'go',
    ' go ',
    '5',
    '-1',
    '1e2',
    '101',
  ),
);
const anyVariable = fc.oneof(
  anySwitchName,
  fc.constantFrom(
    'MIGRATION_FORCE_PYTHON',
    'ROUTE_CANARY_ORGS',
    'ROUTE_CANARY_REPOS',
    'ROUTE_CANARY_USERS',
    'ROUTE_CANARY_PERCENT',
    'ROUTE_CANARY_ORG',
    'ROUTE_OWNER_',
    'WORKER_OWNER_x',
    '__proto__',
  ),
  fc.string().map((text) => `ROUTE_OWNER_CAP_${text}`),
  fc.string().map((text) => `ROUTE_CANARY_${text}`),
  fc.string(),
);
const anyEnvironment = fc.dictionary(
  anyVariable,
  fc.oneof({ weight: 3, arbitrary: anyText }, anyOwner, fc.constant(undefined)),
  { maxKeys: 12 },
);

test('an empty environment leaves everything with python, as version 0', () => {
  const { snapshot, warnings } = read({});
  assert.deepEqual([snapshot.version, snapshot.updatedAt], [0, '2026-02-16T10:11:12.000Z']);
  assert.equal(snapshot.owners.size, 0);
  assert.equal(snapshot.forcePython, false);
  assert.equal(isGated(snapshot.canaries.general), false);
  assert.deepEqual(warnings, []);
});

test('switches and canaries are read, other variables are not', () => {
  const { snapshot, warnings } = read({
    PATH: '/bin',
    ROUTE_OWNER_CAP_V2_PULL: ' go ',
    WORKER_OWNER_GCWORKER: 'off',
    ROUTE_OWNER_FAMILY_OAUTH: ' ',
    ROUTE_CANARY_ORGS: 'acme, beta,',
    ROUTE_CANARY_REPOS: 'gamma/app',
    ROUTE_CANARY_PERCENT: '12.5',
    MIGRATION_FORCE_PYTHON: 'false',
  });
  assert.deepEqual(
    [...snapshot.owners],
    [
      ['ROUTE_OWNER_CAP_V2_PULL', 'go'],
      ['WORKER_OWNER_GCWORKER', 'off'],
    ],
  );
  assert.deepEqual(snapshot.canaries.general, {
    orgs: ['acme', 'beta'],
    repos: ['gamma/app'],
    users: [],
    percent: 12.5,
  });
  assert.deepEqual(warnings, []);
});

test('what is doubtful is a warning that names the variable', () => {
  const { warnings } = read({
    ROUTE_OWNER_CAP_V2_PULL: 'rust',
    ROUTE_OWNER_V2_PULL: 'go',
    WORKER_OWNER_GC: 'go',
    MIGRATION_FORCE_PYTHON: 'maybe',
    ROUTE_CANARY_REPOS: 'nginx',
    ROUTE_CANARY_PERCENT: '5%',
    ROUTE_CANARY_ORG: 'acme',
    ROUTE_CANARY_USERS: 'al bob,zoe',
  });
  assert.deepEqual([...warnings].sort(), [
    'MIGRATION_FORCE_PYTHON: expected true or false; everything belongs to python until it is corrected',
    'ROUTE_CANARY_ORG: no selector of canaries, takes in nobody',
    'ROUTE_CANARY_PERCENT: expected a number between 0 and 100; counts as 0',
    'ROUTE_CANARY_REPOS: nginx has no namespace, takes in nothing (expected namespace/name)',
    'ROUTE_CANARY_USERS: expected a name of 1 to 255 characters without spaces or commas; the others are ignored',
    'ROUTE_OWNER_V2_PULL: no name of an owner switch, has no effect',
    'owners.ROUTE_OWNER_CAP_V2_PULL: unknown owner, counts as python (expected python, go)',
    'owners.WORKER_OWNER_GC: no such worker, has no effect',
  ]);
});

test('the kill switch is thrown by everything but a clear no', () => {
  for (const text of ['true', 'TRUE', ' yes ', 'on', '1', 'maybe', 'ture', '0x0'])
    assert.equal(forcedByEnvironment({ MIGRATION_FORCE_PYTHON: text }), true, text);
  for (const text of ['false', 'False', 'no', 'off', '0', '', '  '])
    assert.equal(forcedByEnvironment({ MIGRATION_FORCE_PYTHON: text }), false, text);
  assert.equal(forcedByEnvironment({}), false);
});

test('regression: a canary that names nobody does not open go to everybody', () => {
  const unreadable = [
    { ROUTE_CANARY_ORGS: ' , ' },
    { ROUTE_CANARY_USERS: 'al bob' },
    { ROUTE_CANARY_PERCENT: 'ten' },
    { ROUTE_CANARY_ORG: 'acme' },
  ];
  for (const env of unreadable) {
    const { snapshot, warnings } = read({ ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go', ...env });
    assert.equal(snapshot.canaries.general.percent, 0);
    assert.ok(warnings.length > 0);
    const { owner, source } = createResolver(snapshot).route({
      family: 'REGISTRY_V2',
      method: 'GET',
      endpoint: 'v2.download_blob',
      repository: 'acme/app',
    });
    assert.deepEqual([owner, source], ['python', 'canary']);
  }
});

test('no environment throws, and each makes a snapshot that can be published', () => {
  fc.assert(
    fc.property(anyEnvironment, anyQuestion, (env, question) => {
      const { snapshot } = read(env);
      createResolver(snapshot).route(question);
      const published = { ...snapshotToJson(snapshot), version: 1 };
      assert.deepEqual(parseSnapshot(JSON.parse(JSON.stringify(published))).snapshot, {
        ...snapshot,
        version: 1,
      });
    }),
    { numRuns: 2000 },
  );
});

test('go comes only from a switch that says go, and never past a variable of a canary', () => {
  fc.assert(
    fc.property(anyEnvironment, anyQuestion, fc.constantFrom(...PROGRAMS), (env, question, program) => {
      const { snapshot } = read(env);
      const resolver = createResolver(snapshot);
      for (const { owner, switchName = '' } of [resolver.route(question), resolver.worker(program)])
        if (owner === 'go') assert.equal(env[switchName]?.trim(), 'go');
      const canaryIsSet = Object.entries(env).some(
        ([name, text]) => name.startsWith('ROUTE_CANARY_') && (text ?? '').trim() !== '',
      );
      assert.equal(isGated(snapshot.canaries.general), canaryIsSet);
    }),
    { numRuns: 2000 },
  );
});
