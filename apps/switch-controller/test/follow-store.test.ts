import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoard } from '../src/board.ts';
import { reconcile } from '../src/store/reconcile.ts';
import { createRefreshLoop } from '../src/store/refresh-loop.ts';
import { boundHistory, historyEntryToJson, parseHistory } from '../src/store/history-entry.ts';
import { createWaitingPolls } from '../src/waiting-polls.ts';
import { parsePublished, publishedOf } from '../src/published.ts';
import { history, published } from './snapshots.ts';

const never = (): boolean => assert.fail('it is not asked');

test('the highest version wins, and a lost store gets back what is served', () => {
  const [six, seven] = [published({ version: 6 }), published({ version: 7 })];
  assert.equal(reconcile(undefined, undefined, never), 'seed');
  assert.equal(reconcile(seven, undefined, never), 'restore');
  assert.equal(reconcile(undefined, seven, never), 'take');
  assert.equal(reconcile(seven, seven, never), 'same');
  assert.equal(reconcile(six, seven, never), 'take');
  assert.equal(reconcile(seven, six, never), 'restore');
  const other = published({ version: 7, reason: 'other' });
  assert.equal(
    reconcile(seven, other, () => true),
    'take',
  );
  assert.equal(
    reconcile(seven, other, () => false),
    'diverged',
  );
});

test('a board never goes back, and tells of each version once', () => {
  const board = createBoard();
  const told: number[] = [];
  const end = board.onChange(({ snapshot }) => told.push(snapshot.version));
  for (const version of [5, 5, 4, 6, 5, 7]) board.put(published({ version }));
  end();
  board.put(published({ version: 8 }));
  assert.deepEqual(told, [5, 6, 7]);
  assert.equal(board.published()?.snapshot.version, 8);
  assert.equal(board.publishedAtMs(6), Date.parse('2026-02-16T10:00:00Z'));
  assert.equal(board.publishedAtMs(4), undefined);
});

test('what is published reads back as the same bytes and the same tag', () => {
  const sent = published({ owners: { ROUTE_OWNER_CAP_V2_PULL: 'go' } });
  const read = parsePublished(sent.text);
  assert.deepEqual([read.text, read.tag], [sent.text, sent.tag]);
  assert.match(sent.tag, /^7-[0-9a-f]{8}$/);
  assert.throws(() => parsePublished('{'), { code: 'SNAPSHOT_INVALID' });
  assert.throws(() => parsePublished('{}'), { code: 'SNAPSHOT_INVALID' });
});

test('whoever published, seeded or restored a snapshot showed none of its warnings', () => {
  const { snapshot, text } = published({ owners: { ROUTE_OWNER_CAP_V2_PULL: 'gopher' } });
  const { warnings } = publishedOf(snapshot);
  assert.deepEqual(warnings, parsePublished(text).warnings);
  assert.match(warnings.join(), /ROUTE_OWNER_CAP_V2_PULL/);
});

test('an entry of the history that cannot be read does not take the others along', () => {
  const entries = history({ version: 3, owner: 'go', rolledBackTo: 1 }, { version: 2, owner: 'python' });
  const [first = '', second = ''] = entries.map(historyEntryToJson);
  assert.deepEqual(parseHistory([first, 'not JSON', '{"snapshot":{}}', 'null', second]), entries);
});

test('the history of a file grew for as long as Redis was away', () => {
  const versions = Array.from({ length: 150 }, (_, index) => ({ version: 1000 - index, owner: 'go' }));
  const kept = boundHistory(history(...versions));
  assert.deepEqual([kept.length, kept[0]?.snapshot.version], [100, 1000]);
  const orgs = Array.from({ length: 9000 }, (_, index) => `org-${index}-${'x'.repeat(100)}`);
  const { snapshot } = published({ canaries: { orgs } });
  const large = Array.from({ length: 20 }, () => ({ snapshot, changes: [], rolledBackTo: undefined }));
  const { length } = boundHistory(large);
  assert.ok(length >= 2 && length < 10, String(length));
});

test('whoever asks while a read runs gets one that begins afterwards, shared by all who asked', async () => {
  let release: (() => void) | undefined;
  let reads = 0;
  const loop = createRefreshLoop(
    async () => {
      reads += 1;
      await new Promise<void>((resolve) => (release = resolve));
    },
    { failed: () => undefined, recovered: () => undefined },
  );
  const first = loop.refresh();
  const [second, third] = [loop.refresh(), loop.refresh()];
  assert.equal(reads, 1);
  release?.();
  await first;
  await Promise.resolve();
  assert.equal(reads, 2);
  release?.();
  await Promise.all([second, third]);
  assert.equal(reads, 2);
});

test('a failed read is told to whoever waits for it and to the log, and the next one begins anew', async () => {
  const told: string[] = [];
  let fails = true;
  const loop = createRefreshLoop(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve()), {
    failed: (error) => told.push(String(error)),
    recovered: () => told.push('recovered'),
  });
  await assert.rejects(loop.refresh(), /away/);
  assert.equal(loop.ageSeconds(), undefined);
  fails = false;
  await loop.refresh();
  assert.ok((loop.ageSeconds() ?? 9) < 1);
  assert.deepEqual(told, ['Error: away', 'recovered']);
});

test('polls wait for a change, their time, or their client; at most so many of them', async () => {
  const waiting = createWaitingPolls(2);
  const gone = new AbortController();
  const still = new AbortController();
  const polls = [waiting.wait(60_000, gone.signal), waiting.wait(60_000, still.signal)];
  assert.equal(await waiting.wait(60_000, still.signal), false, 'the third is answered at once');
  gone.abort();
  assert.equal(await polls[0], true);
  assert.equal(await waiting.wait(5, still.signal), true, 'there is room again');
  waiting.wake();
  assert.equal(await polls[1], true);
  const last = waiting.wait(60_000, still.signal);
  waiting.close();
  assert.equal(await last, true);
  assert.equal(await waiting.wait(60_000, still.signal), false, 'nobody waits for a listener that closes');
});
