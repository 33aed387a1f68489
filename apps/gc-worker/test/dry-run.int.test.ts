import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { reportCollection, reportRepositories } from '../src/dry-run/report-plans.ts';
import { createWorkQueue } from '../src/queue/work-queue.ts';
import { createGarbageFinder } from '../src/repository/find-repository.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { NOW_MS, timestamp } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
beforeEach(async () => {
  await gc.load(plainRegistry({ manifests: 2 }));
  await gc.postgres.query(
    `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (9, 1, now(), 'app')`,
  );
  await gc.postgres.query(
    `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
     VALUES ('repositorygc/acme/1/', '{"marker_id": 9}', $1, true, 5, 'state')`,
    [timestamp(NOW_MS)],
  );
});

const queue = () =>
  createWorkQueue({
    database: gc.database,
    name: 'repositorygc',
    now: () => NOW_MS,
    onGet: () => assert.fail('nothing is claimed'),
  });
const said = () => gc.messages.filter((line) => line.includes('Dry run'));

test('of a repository that is not marked for deletion nothing would go, and it says why', async () => {
  await reportRepositories(gc.context(), queue(), NO_SIGNAL);
  assert.equal(said().length, 1);
  assert.match(said()[0]!, /would fail.*repository 1 is not marked for deletion/s);
  gc.messages.length = 0;
  await gc.postgres.query('UPDATE repository SET state = 3');
  await reportRepositories(gc.context(), queue(), NO_SIGNAL);
  assert.match(said().join(''), /repository 1, .* files would go/);
});

test('told to stop while it reads, it stops reading, and reports nothing', async () => {
  await gc.postgres.query('UPDATE repository SET state = 3');
  const rounds = {
    manifestchild: (signal: AbortSignal) => reportRepositories(gc.context(), queue(), signal),
    tagpullstatistics: (signal: AbortSignal) => reportCollection(gc.context(), createGarbageFinder(), signal),
  };
  for (const [table, round] of Object.entries(rounds)) {
    if (table === 'tagpullstatistics') await gc.postgres.query('UPDATE repository SET state = 0');
    gc.messages.length = 0;
    const held = Promise.withResolvers<void>();
    const locked = gc.outside(() =>
      gc.database.transaction(async (queries) => {
        await queries.raw(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
        await held.promise;
      }),
    );
    const stop = new AbortController();
    const reason = new Error('stopped');
    const ended = assert.rejects(round(stop.signal), reason);
    const waiting = () => gc.postgres.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
    await waitUntil('the wait for the table', async () => (await waiting()).length === 1);
    const begun = performance.now();
    stop.abort(reason);
    await ended;
    assert.ok(performance.now() - begun < 5000, `${performance.now() - begun} ms`);
    assert.deepEqual(said(), []);
    held.resolve();
    await locked;
  }
});
