import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createStorage } from '@quay-observability/storage';
import { removeFolder, temporaryFolder } from '@quay-observability/testkit';
import { createPreferredStorageCheck, createStorageCheck } from '../../src/health/storage-check.ts';

const AZURE = { engine: 'AzureStorage', parameters: { azure_container: 'x' } };
/** Nobody listens there. */
const AWAY = {
  engine: 'RadosGWStorage',
  parameters: {
    hostname: '127.0.0.1',
    port: 1,
    is_secure: false,
    bucket_name: 'quay',
    storage_path: '/',
    access_key: 'TheAccessKey',
    secret_key: 'TheSecretKey',
  },
};
const SIGNAL = new AbortController().signal;

test('all locations are written, read and left as they were', async (t) => {
  const { good, root } = folders(t);
  assert.deepEqual(await ask({ one: good }), { healthy: true });
  assert.deepEqual(readdirSync(root), ['file']);
});

test('a preferred location that fails fails the check; another one is a message', async (t) => {
  const { good, bad } = folders(t);
  assert.deepEqual(await ask({ one: good, two: bad }, ['two']), {
    healthy: false,
    failure: `Preferred storage 'two' check failed: Storage location two: cannot write *: ENOTDIR`,
  });
  assert.deepEqual(await ask({ one: good, two: bad }, ['one']), {
    healthy: true,
    message: `Non-preferred storage 'two' unavailable: Storage location two: cannot write *: ENOTDIR`,
  });
});

test('without a preference every location is a preferred one', async (t) => {
  const { good, bad } = folders(t);
  const result = await ask({ one: good, two: bad });
  assert.equal(result.healthy, false);
});

test('failures and warnings are told together, and no key with them', async (t) => {
  const { bad } = folders(t);
  assert.deepEqual(await ask({ one: bad, two: AWAY, three: AZURE }, ['two', 'three']), {
    healthy: false,
    failure:
      `Preferred storage 'two' check failed: Storage location two: cannot write *: ECONNREFUSED ` +
      `(warnings: Non-preferred storage 'one' unavailable: Storage location one: cannot write *: ENOTDIR; ` +
      `Storage 'three' not checked: the engine AzureStorage is not supported)`,
  });
});

test('a location that cannot be checked is named, and does not pass for a checked one', async () => {
  const notChecked = {
    healthy: true,
    message: `Storage 'one' not checked: the engine AzureStorage is not supported`,
  };
  assert.deepEqual(await ask({ one: AZURE }), notChecked);
  assert.deepEqual(await askPreferred({ one: AZURE }), notChecked);
});

test('the preferred storage is the first of the preference alone', async (t) => {
  const { good, bad } = folders(t);
  assert.deepEqual(await askPreferred({ one: bad, two: good }, ['two', 'one']), { healthy: true });
  assert.deepEqual(await askPreferred({ one: bad, two: good }, ['one', 'two']), {
    healthy: false,
    failure: 'Preferred storage check failed with exception Storage location one: cannot write *: ENOTDIR',
  });
});

test('a check that is called off ends', async () => {
  const called = new AbortController();
  called.abort();
  const result = await ask({ one: AWAY }, [], called.signal);
  assert.ok(!result.healthy);
  assert.match(result.failure, /it was called off$/);
});

type Locations = Record<string, { engine: string; parameters: Record<string, unknown> }>;

function open(locations: Locations, preference: string[]) {
  return createStorage(
    { locations: new Map(Object.entries(locations)), preference, defaultLocations: [] },
    { timeoutMs: 20_000, readMounts: () => Promise.resolve(undefined) },
  );
}

async function ask(locations: Locations, preference: string[] = [], signal = SIGNAL) {
  const storage = open(locations, preference);
  const result = await createStorageCheck(storage).check(signal);
  await storage.close();
  return withoutNames(result);
}

async function askPreferred(locations: Locations, preference: string[] = []) {
  const storage = open(locations, preference);
  const result = await createPreferredStorageCheck(storage).check(SIGNAL);
  await storage.close();
  return withoutNames(result);
}

/** The name of the file is another one each time. */
function withoutNames<T extends object>(result: T): T {
  return JSON.parse(JSON.stringify(result).replaceAll(/_verify-[\w-]{36}/g, '*')) as T;
}

function folders(t: TestContext) {
  const root = temporaryFolder('storage');
  t.after(() => removeFolder(root));
  writeFileSync(join(root, 'file'), '');
  const local = (path: string) => ({ engine: 'LocalStorage', parameters: { storage_path: path } });
  return { root, good: local(root), bad: local(join(root, 'file/below')) };
}
