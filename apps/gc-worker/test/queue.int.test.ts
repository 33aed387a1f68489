import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pythonEnvironment, waitUntil } from '@quay-observability/testkit';
import { pollQueue } from '../src/queue/poll-queue.ts';
import { processNamespaceItem, processRepositoryItem } from '../src/queue/process-items.ts';
import { createWorkQueue, type Availability, type WorkQueue } from '../src/queue/work-queue.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { NOW_MS, timestamp } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const NAME = 'repositorygc';
const PEER = join(import.meta.dirname, 'oracle/queue_peer.py');
const HOUR_MS = 3600_000;

type ItemRow = {
  id: number;
  available: boolean;
  available_after: string;
  processing_expires: string | null;
  retries_remaining: number;
  state_id: string;
};

let gc: GcBench;
let nowMs: number;
let gets: Availability[];
let queue: WorkQueue;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
beforeEach(async () => {
  await gc.load(plainRegistry({ manifests: 2 }));
  nowMs = NOW_MS;
  gets = [];
  queue = createWorkQueue({
    database: gc.database,
    name: NAME,
    now: () => nowMs,
    onGet: (availability) => gets.push(availability),
  });
});

async function put(count: number, more: Record<string, string | number | boolean> = {}): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const item = {
      queue_name: `${NAME}/acme/${number}/`,
      body: JSON.stringify({ marker_id: 1, original_name: 'app' }),
      available_after: timestamp(NOW_MS),
      available: true,
      retries_remaining: 5,
      state_id: `state ${number}`,
      ...more,
    };
    const columns = Object.keys(item);
    await gc.postgres.query(
      `INSERT INTO queueitem (${columns.join(', ')}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(item),
    );
  }
}

async function items(): Promise<ItemRow[]> {
  return (await gc.dump()).queueitem as unknown as ItemRow[];
}

test('a claim takes an item for its time, and every write renews the state', async () => {
  await put(1);
  const claimed = (await queue.claim(3 * 3600))!;
  const [held] = await items();
  assert.deepEqual(
    { ...held, id: 0, state_id: '' },
    {
      ...{ id: 0, queue_name: `${NAME}/acme/0/`, body: claimed.body, state_id: '' },
      ...{ available_after: timestamp(NOW_MS).replace('.000', ''), available: false, retries_remaining: 4 },
      processing_expires: timestamp(NOW_MS + 3 * HOUR_MS).replace('.000', ''),
    },
  );
  assert.notEqual(held!.state_id, 'state 0');
  assert.equal(await queue.claim(60), undefined);
  await queue.giveBack(claimed, { afterSeconds: 300, restoreRetry: false });
  const [back] = await items();
  assert.deepEqual(
    [back!.available, back!.retries_remaining, back!.available_after],
    [true, 4, timestamp(NOW_MS + 300_000).replace('.000', '')],
  );
  assert.notEqual(back!.state_id, held!.state_id);
  assert.equal(await queue.claim(60), undefined);
  nowMs += 300_000;
  const again = (await queue.claim(60))!;
  await queue.giveBack(again, { afterSeconds: 300, restoreRetry: true });
  assert.equal((await items())[0]!.retries_remaining, 4);
  nowMs += 300_000;
  await queue.complete((await queue.claim(60))!);
  assert.deepEqual(await items(), []);
  assert.deepEqual(gets, ['acquired', 'nonexistant', 'nonexistant', 'acquired', 'acquired']);
});

test('an expired claim is anybody’s, and whoever lost it gives nothing back', async () => {
  await put(1);
  const slow = (await queue.claim(60))!;
  nowMs += 61_000;
  const other = (await queue.claim(3600))!;
  assert.equal(other.id, slow.id);
  await queue.giveBack(slow, { afterSeconds: 0, restoreRetry: true });
  const [held] = await items();
  assert.deepEqual([held!.available, held!.state_id], [false, other.stateId]);
});

test('without retries, before its time or of another queue an item is not for us', async () => {
  await put(1, { retries_remaining: 0 });
  await put(1, { state_id: 'later', available_after: timestamp(NOW_MS + 1000) });
  await put(1, { state_id: 'other', queue_name: 'repositorygcx/acme/1/' });
  await put(1, { state_id: 'like', queue_name: 'repositorygc' });
  assert.equal(await queue.claim(60), undefined);
  assert.deepEqual(await queue.state(), { locked: 0, available: 0, unlocked: 0 });
});

test('the state counts names of items as Python does', async () => {
  await put(3);
  await put(1, { state_id: 'twin' });
  await queue.claim(60);
  const { locked, available, unlocked } = await queue.state();
  assert.equal(locked, 1);
  // The item that is held, or its twin of the same name.
  assert.deepEqual([available === 3 || available === 2, unlocked], [true, 2]);
});

test('beside workers of Python every item is claimed exactly once', async () => {
  const { python } = await pythonEnvironment('quay');
  const peers = [1, 2].map(() =>
    spawn(python, [PEER, gc.postgres.uri, NAME], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  await put(60);
  const moment = new Date(NOW_MS).toISOString().slice(0, 19);
  const byPython = peers.map(async (peer) => {
    const claimed: number[] = [];
    const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
    for (;;) {
      peer.stdin.write(`${moment}\n`);
      const { found, claimed: id } = JSON.parse((await answers.next()).value!) as {
        found: boolean;
        claimed?: number | null;
      };
      if (!found) return claimed;
      if (typeof id === 'number') claimed.push(id);
    }
  });
  const byUs = [1, 2].map(async () => {
    const claimed: number[] = [];
    for (let misses = 0; misses < 20;) {
      const item = await queue.claim(3 * 3600);
      if (item === undefined) misses += gets.at(-1) === 'nonexistant' ? 20 : 1;
      else claimed.push(item.id);
      // So that Python, which has just started, gets its share.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return claimed;
  });
  const claims = await Promise.all([...byPython, ...byUs]);
  for (const peer of peers) peer.kill();
  const all = claims.flat().sort((a, b) => a - b);
  assert.deepEqual(
    all,
    (await items()).map(({ id }) => id),
  );
  assert.ok(
    claims.slice(0, 2).flat().length > 0 && claims.slice(2).flat().length > 0,
    claims.map(({ length }) => length).join(),
  );
});

/** Polls the queue for marked repositories. */
function poll(signal = NO_SIGNAL): Promise<void> {
  const context = gc.context();
  const work = (item: { body: string }, held: AbortSignal) => processRepositoryItem(context, item, held);
  return pollQueue({ queue, locks: context.locks, log: context.log, work }, signal);
}

async function mark(): Promise<void> {
  await gc.postgres.query('UPDATE repository SET state = 3');
  await gc.postgres.query(
    `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (1, 1, now(), 'app')`,
  );
}

test('a marked repository is purged, its item done; so is an item whose marker is gone', async () => {
  await mark();
  await put(1);
  await put(1, { state_id: 'gone', body: '{"marker_id": 77}' });
  await poll();
  const { repository, manifest, deletedrepository, queueitem } = await gc.dump();
  assert.deepEqual([repository, manifest, deletedrepository, queueitem], [[], [], [], []]);
  assert.deepEqual(gc.files.list(), []);
  assert.equal(gc.counted().repositories, 1);
});

test('what is not marked, and a body that is not understood, fail: back in 300 s, a retry less', async () => {
  await gc.postgres.query(
    `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (1, 1, now(), 'app')`,
  );
  await put(1);
  await put(1, { state_id: 'odd', body: 'not JSON' });
  await poll();
  for (const item of await items()) {
    assert.deepEqual([item.available, item.retries_remaining], [true, 4]);
    assert.equal(item.available_after, timestamp(NOW_MS + 300_000).replace('.000', ''));
  }
  assert.equal((await gc.dump()).repository.length, 1);
  assert.match(gc.messages.join(''), /not marked for deletion/);
  assert.match(gc.messages.join(''), /names no marker_id/);
});

test('while somebody else collects on a large scale, the item goes back with its retry', async () => {
  await mark();
  await put(1);
  const { locks } = gc.context();
  await locks.withLock('LARGE_GARBAGE_COLLECTION', { ttlSeconds: 60 }, () => poll());
  const [item] = await items();
  assert.deepEqual([item!.available, item!.retries_remaining], [true, 5]);
  assert.equal((await gc.dump()).repository.length, 1);
});

/** What somebody locks, and how many rows of the content that keeps. */
const LOCKED_ROWS = {
  tag: { lock: 'SELECT FROM tag WHERE id = 1 FOR UPDATE', kept: 2 },
  manifest: { lock: 'SELECT FROM manifest WHERE id = 1 FOR KEY SHARE', kept: 1 },
  upload: { lock: 'SELECT FROM uploadedblob WHERE blob_id = 1 FOR UPDATE', kept: 1 },
};

for (const [what, { lock, kept }] of Object.entries(LOCKED_ROWS))
  test(`to lock a row (${what}) for a moment costs the item no retry, and not five minutes`, async () => {
    await mark();
    await put(1);
    await gc.postgres.query(
      'INSERT INTO uploadedblob (repository_id, blob_id, uploaded_at, expires_at) VALUES (1, 1, now(), now())',
    );
    let polled: Promise<void> | undefined;
    await gc.database.transaction(async (queries) => {
      await queries.raw(lock);
      polled = gc.outside(() => poll());
      // Until all has gone that is not locked.
      await waitUntil('the rest to be purged', () => gc.outside(async () => (await contentRows()) <= kept));
      await pause(100);
    });
    await polled;
    const { repository, queueitem } = await gc.dump();
    assert.deepEqual([repository, queueitem], [[], []]);
  });

async function contentRows(): Promise<number> {
  const { tag, manifest, uploadedblob } = await gc.dump();
  return tag.length + manifest.length + uploadedblob.length;
}

test('rows that stay locked give the item back in 300 s, with its retry', async () => {
  await mark();
  await put(1);
  await gc.database.transaction(async (queries) => {
    await queries.raw(LOCKED_ROWS.tag.lock);
    await gc.outside(() => poll());
  });
  const [item] = await items();
  assert.deepEqual([item!.available, item!.retries_remaining], [true, 5]);
  assert.match(gc.messages.join(''), /somebody has locked rows of repository 1/);
  nowMs += 300_000;
  await poll();
  assert.deepEqual((await gc.dump()).repository, []);
});

test('told to stop in the middle, it gives the item back with its retry, and the next one finishes', async () => {
  await mark();
  await put(1);
  const stop = new AbortController();
  const context = gc.context();
  const work = (item: { body: string }, held: AbortSignal) => {
    stop.abort(new Error('stopped'));
    return processRepositoryItem(context, item, held);
  };
  await pollQueue({ queue, locks: context.locks, log: context.log, work }, stop.signal);
  assert.equal((await items())[0]!.retries_remaining, 5);
  nowMs += 300_000;
  await poll();
  assert.deepEqual((await gc.dump()).repository, []);
});

test('PostgreSQL goes away in the middle: the item goes back when it is there again, not after hours', async () => {
  await mark();
  await put(1);
  const context = gc.context();
  let restarted = Promise.resolve();
  const work = async () => {
    await gc.postgres.kill();
    restarted = pause(1500).then(() => gc.postgres.restart());
    await context.database.ping(1000);
  };
  await pollQueue({ queue, locks: context.locks, log: context.log, work }, NO_SIGNAL);
  await restarted;
  const [item] = await items();
  assert.deepEqual(
    [item!.available, item!.retries_remaining, item!.available_after],
    [true, 4, timestamp(NOW_MS + 300_000).replace('.000', '')],
  );
});

test('told to stop while PostgreSQL is away, it ends soon', async () => {
  await mark();
  await put(1);
  const context = gc.context();
  const stop = new AbortController();
  const work = async () => {
    await gc.postgres.kill();
    stop.abort(new Error('stopped'));
    await context.database.ping(1000);
  };
  const begun = performance.now();
  await assert.rejects(pollQueue({ queue, locks: context.locks, log: context.log, work }, stop.signal), {
    code: 'DATABASE_UNAVAILABLE',
  });
  assert.ok(performance.now() - begun < 6000, `${performance.now() - begun} ms`);
  await gc.postgres.restart();
});

test('a marked namespace is purged by its item', async () => {
  await gc.postgres.query(
    `INSERT INTO deletednamespace (id, namespace_id, marked, original_username, original_email) VALUES (1, 1, now(), 'old', 'old')`,
  );
  await processNamespaceItem(gc.context(), { body: '{"marker_id": 1}' }, ['repositorygc'], NO_SIGNAL);
  const { user, repository, deletednamespace } = await gc.dump();
  assert.deepEqual([user, repository, deletednamespace], [[], [], []]);
  await processNamespaceItem(gc.context(), { body: '{"marker_id": 1}' }, ['repositorygc'], NO_SIGNAL);
  assert.equal(gc.counted().namespaces, 1);
});
