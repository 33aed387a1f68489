import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { createDatabase, type Database } from '@quay-observability/database';
import { pythonEnvironment, startPostgres, type PostgresServer } from '@quay-observability/testkit';
import { countRows } from '../src/count-rows.ts';
import { randomNumbers, randomRegistry } from './random-registry.ts';

let postgres: PostgresServer;
let database: Database;
before(async () => {
  postgres = await startPostgres({ schema: true });
  database = createDatabase({
    primary: { uri: postgres.uri, connectionArgs: {} },
    applicationName: 'counts',
  });
});
after(async () => {
  await database.close();
  await postgres.stop();
});

const count = () => database.read((queries) => countRows(queries, new AbortController().signal));

/** Asks peewee, with Quay's own queries, of the same database. */
async function startPython() {
  const { python } = await pythonEnvironment('quay');
  const script = join(import.meta.dirname, 'oracle/count_rows.py');
  const child = spawn(python, ['-B', script, postgres.uri], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    count: async (): Promise<unknown> => {
      child.stdin.write('count\n');
      const { value } = await answers.next();
      return JSON.parse(value ?? 'null');
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

test('counts what Python counts, on 60 random registries', async () => {
  const python = await startPython();
  const seen = new Set<string>();
  for (let seed = 1; seed <= 60; seed += 1) {
    await postgres.query(randomRegistry(randomNumbers(seed)));
    const [ours, theirs] = [await count(), await python.count()];
    assert.deepEqual(ours, theirs, `seed ${seed}`);
    seen.add(JSON.stringify(ours));
  }
  assert.ok(seen.size > 50, 'the registries differ');
  await python.stop();
});

test('an empty registry has rows of nothing', async () => {
  await postgres.query('TRUNCATE "user" CASCADE');
  assert.deepEqual(await count(), {
    repositories: 0,
    users: 0,
    organizations: 0,
    robots: 0,
    orgMirrors: { total: 0, enabled: 0 },
  });
});

test('the database of a Quay without organisation mirrors is counted without them', async () => {
  await postgres.query(randomRegistry(randomNumbers(1)));
  const before = await count();
  await postgres.query('DROP TABLE orgmirrorconfig CASCADE');
  assert.deepEqual(await count(), { ...before, orgMirrors: undefined });
});

test('an aborted count begins no further statement', async () => {
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await assert.rejects(
    database.read((queries) => countRows(queries, abort.signal)),
    { message: 'enough' },
  );
});
