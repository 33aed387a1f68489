import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createSwitchFile,
  scrape,
  waitUntil,
  type RunningApp,
  type SwitchFile,
} from '@quay-observability/testkit';
import { danglingReferences } from './support/compare-registries.ts';
import { createGarbageLoad, type GarbageLoad } from './support/garbage-load.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { startQueuePeer, type QueuePeer } from './support/queue-peer.ts';
import { countedBy, runGcApp } from './support/run-gc-app.ts';
import { startGc, type GcBench } from './support/start-gc.ts';
import { passCleanupTime, passItemTime } from './support/whole-work.ts';

/** For a machine that does much else. */
const SLOW = { timeoutMs: 60_000, intervalMs: 100 };
type Owner = 'go' | 'off' | 'python';
const PROGRAMS = ['GCWORKER', 'REPOSITORYGCWORKER', 'NAMESPACEGCWORKER'] as const;
type Owners = readonly [gc: Owner, repositories: Owner, namespaces: Owner];

let gc: GcBench;
let switches: SwitchFile;
let app: RunningApp;
let load: GarbageLoad;
let python: QueuePeer;
before(async () => {
  gc = await startGc();
  await gc.load(plainRegistry({ manifests: 0 }));
  switches = createSwitchFile();
  app = await runGcApp(gc, switches.env);
  load = createGarbageLoad(gc);
  python = await startQueuePeer(gc.postgres.uri, 'repositorygc');
});
after(async () => {
  await load.stop();
  python.stop();
  await app.stop();
  await gc.stop();
});

const publish = (owners: Owners) =>
  switches.publish(
    Object.fromEntries(PROGRAMS.map((program, index) => [`WORKER_OWNER_${program}`, owners[index]!])),
    { to: [app] },
  );

/** Publishes owners as an operator does, and waits until exactly those programs work that are to. */
async function give(owners: Owners): Promise<void> {
  await publish(owners);
  await waitUntil(
    `the work of ${owners.join(', ')}`,
    async () => {
      const samples = await scrape(app.adminUrl, 'quay_worker_running');
      return PROGRAMS.every(
        (program, index) =>
          samples.get(`quay_worker_running{program="${program}"}`) === (owners[index] === 'go' ? 1 : 0),
      );
    },
    SLOW,
  );
}

/** What each program has done: nothing here is the work of two of them. */
async function done(): Promise<[tags: number, repositories: number, namespaces: number]> {
  const { rows, repositories, namespaces } = await countedBy([app]);
  return [rows.Tag ?? 0, repositories, namespaces];
}

test('off, python and go, of each program by itself, under load: its owner alone works, and nothing is lost or done twice', async () => {
  load.start();
  const claimed: number[] = [];
  for (const owners of [
    ['off', 'python', 'go'],
    ['go', 'off', 'python'],
    ['python', 'go', 'off'],
    ['off', 'off', 'off'],
    ['go', 'python', 'go'],
  ] as const) {
    await give(owners);
    const before = await done();
    const made = { ...load.made };
    if (owners[1] === 'python') {
      // Python's program is at work, and killed with its claim: that stays Python's for three hours.
      const id = await waitUntil('an item for Python', () => python.claim(), SLOW);
      claimed.push(id);
    }
    for (const [index, owner] of owners.entries())
      if (owner === 'go')
        await waitUntil(
          `${PROGRAMS[index]} to work`,
          async () => (await done())[index]! > before[index]!,
          SLOW,
        );
    await waitUntil('more garbage', () =>
      (['tags', 'repositories', 'namespaces'] as const).every((what) => load.made[what] > made[what] + 2),
    );
    const now = await done();
    for (const [index, owner] of owners.entries())
      if (owner !== 'go') assert.equal(now[index], before[index], `${PROGRAMS[index]} with owner ${owner}`);
  }
  // As fast as they are followed, in the middle of whatever goes on.
  for (const owners of [
    ['go', 'go', 'go'],
    ['python', 'off', 'python'],
    ['go', 'go', 'go'],
    ['off', 'python', 'off'],
    ['go', 'go', 'go'],
  ] as const) {
    await publish(owners);
    await pause(Math.random() * 200);
  }
  await load.stop();
  await waitUntil(
    'all but what is put off',
    async () => {
      const { rows } = await countedBy([app]);
      return rows.Tag === load.made.tags;
    },
    SLOW,
  );

  const held = await gc.postgres.query<{ id: number }>('SELECT id FROM queueitem WHERE NOT available');
  const heldIds = new Set(held.map(({ id }) => id));
  assert.ok(claimed.length > 1 && claimed.every((id) => heldIds.has(id)));
  // Minutes and hours pass: what a stop has interrupted, and what Python has left, is available again.
  await give(['off', 'off', 'off']);
  await passCleanupTime(gc);
  await passItemTime(gc);
  await gc.postgres.query(`UPDATE queueitem SET processing_expires = now() AT TIME ZONE 'UTC'`);
  await give(['go', 'go', 'go']);
  await waitUntil('an empty queue', async () => (await gc.dump()).queueitem.length === 0, SLOW);

  const left = await gc.dump();
  assert.deepEqual(danglingReferences(left), []);
  const { tags, repositories, namespaces, living } = load.made;
  assert.deepEqual(
    [left.repository, left.user, left.tag, left.manifest, left.imagestorage].map(({ length }) => length),
    [1, 1, living, living, living],
  );
  assert.deepEqual(gc.files.list(), load.kept.toSorted());
  const { rows, ...counted } = await countedBy([app]);
  assert.deepEqual(counted, { blobs: tags + repositories, repositories, namespaces });
  const { Tag, ManifestBlob, ImageStorage, ImageStoragePlacement } = rows;
  assert.deepEqual(
    { Tag, ManifestBlob, ImageStorage, ImageStoragePlacement },
    {
      Tag: tags,
      ManifestBlob: tags + repositories,
      ImageStorage: tags + repositories,
      ImageStoragePlacement: tags + repositories,
    },
  );
  assert.doesNotMatch(app.process.log(), /"ERROR"/);
  assert.doesNotMatch(gc.postgres.log(), /deadlock/);
});
