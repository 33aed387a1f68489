import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfigText, reloadConfig } from '../src/index.ts';

const read = (text: string, env = {}) => readConfigText(text, { source: 'config.yaml', env });
const STARTED = `
TRACKED_NAMESPACES: [acme]
DB_URI: postgresql://quay:old@db/quay
FEATURE_GARBAGE_COLLECTION: true
`;

test('a reloadable key takes effect; what an app needs a restart for is named, and keeps its old value', () => {
  const fresh = read(`
TRACKED_NAMESPACES: {customers: [acme, umbrella]}
DB_URI: postgresql://quay:new@db/quay
FEATURE_GARBAGE_COLLECTION: false
`);
  const { reading, changed, needRestart } = reloadConfig('registry-metrics', read(STARTED), fresh);
  assert.deepEqual(changed, ['TRACKED_NAMESPACES']);
  assert.deepEqual(needRestart, ['DB_URI'], 'garbage collection is no affair of the gateway');
  assert.deepEqual(
    [...reading.config.trackedNamespaces],
    [
      ['acme', 'customers'],
      ['umbrella', 'customers'],
    ],
  );
  assert.equal(reading.config.database.primary?.uri, 'postgresql://quay:old@db/quay');
});

test('a key that goes back to what is in force needs no restart any more', () => {
  const started = read(STARTED);
  const away = reloadConfig('gc-worker', started, read('DB_URI: postgresql://quay:new@db/quay'));
  assert.deepEqual(away.changed, [], 'tracked namespaces are no affair of the worker');
  assert.deepEqual(away.needRestart, ['DB_URI']);
  assert.deepEqual(reloadConfig('gc-worker', away.reading, read(STARTED)).needRestart, []);
});

test('the same values in other words are no change', () => {
  const fresh = read(
    'FEATURE_GARBAGE_COLLECTION: yes\nDB_URI: "postgresql://quay:old@db/quay"\nTRACKED_NAMESPACES:\n- acme\n',
  );
  assert.deepEqual(reloadConfig('gc-worker', read(STARTED), fresh).needRestart, []);
  assert.deepEqual(reloadConfig('registry-metrics', read(STARTED), fresh).changed, []);
});

test('a variable that overrides the key keeps doing so', () => {
  const env = { TRACKED_NAMESPACES: '[fixed]' };
  const { changed, reading } = reloadConfig(
    'registry-metrics',
    read(STARTED, env),
    read('TRACKED_NAMESPACES: [acme, other]', env),
  );
  assert.deepEqual(changed, []);
  assert.deepEqual([...reading.config.trackedNamespaces.keys()], ['fixed']);
});

test('a malformed key tracks nothing, with a warning that does not repeat it', () => {
  const fresh = read('TRACKED_NAMESPACES: {a: {secret: 1}}');
  const { reading, changed } = reloadConfig('registry-metrics', read(STARTED), fresh);
  assert.deepEqual(changed, ['TRACKED_NAMESPACES']);
  assert.equal(reading.config.trackedNamespaces.size, 0);
  assert.deepEqual(fresh.config.warnings, ['TRACKED_NAMESPACES is malformed: no namespace is tracked']);
});
