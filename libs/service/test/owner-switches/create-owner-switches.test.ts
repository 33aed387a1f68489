import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@quay-observability/coded-errors';
import { createMetrics } from '@quay-observability/metrics';
import { readServiceOverrides, type ParsedSnapshot } from '@quay-observability/owner-switch';
import { waitUntil } from '@quay-observability/testkit';
import { boundPoll } from '../../src/owner-switches/bound-poll.ts';
import {
  createOwnerSwitches,
  type FollowedSwitches,
} from '../../src/owner-switches/create-owner-switches.ts';
import { NOTHING_KEPT, type LastKnownGood } from '../../src/owner-switches/last-known-good.ts';
import type { AgedAnswer, AnySwitchSource, PollRequest } from '../../src/owner-switches/owner-switches.ts';
import { createSwitchKeeper } from '../../src/owner-switches/switch-keeper.ts';
import { bindSwitchMetrics, SWITCH_LABEL_VALUES } from '../../src/owner-switches/switch-metrics.ts';
import { captureLog } from '../capture-log.ts';
import { PULL, PULLS_TO_GO, snapshotOf } from './snapshots.ts';

const open: FollowedSwitches[] = [];
afterEach(() => Promise.all(open.splice(0).map((switches) => switches.close())));

function follow(poll: AnySwitchSource['poll'], store: LastKnownGood = NOTHING_KEPT, answerLimitMs = 5000) {
  const captured = captureLog();
  const keeper = createSwitchKeeper({ forced: false });
  const metrics = createMetrics({ app: 'api-health', runtimeMetrics: false, known: SWITCH_LABEL_VALUES });
  const switches = createOwnerSwitches({
    source: { name: 'test', poll },
    interval: { minMs: 20, maxMs: 30 },
    store,
    keeper,
    overrides: readServiceOverrides([]),
    metrics: bindSwitchMetrics(metrics, 'api-health', keeper),
    log: captured.log,
    answerLimitMs,
  });
  open.push(switches);
  const exposition = async () => (await metrics.exposition()).body.toString();
  const start = () => switches.start(new AbortController().signal);
  return { switches, start, exposition, ...captured };
}

/** Gives these, one per poll, and then nothing new. Errors are thrown. */
function script(...answers: readonly (ParsedSnapshot | 'unchanged' | AgedAnswer | Error)[]) {
  const requests: PollRequest[] = [];
  const poll = (request: PollRequest) => {
    const answer = answers[requests.length] ?? 'unchanged';
    requests.push(request);
    // Thrown in the turn of the call: a source need not be careful.
    if (answer instanceof Error) throw answer;
    return Promise.resolve(answer);
  };
  return { poll, requests };
}

test('is up to date once it has started', async () => {
  const { poll, requests } = script(snapshotOf(3, PULLS_TO_GO));
  const { switches, start, exposition } = follow(poll);
  await start();
  assert.equal(requests[0]?.waitMs, 0);
  assert.equal(requests[0]?.inForce.phase, 'fail-closed');
  assert.deepEqual(
    { ...switches.route(PULL) },
    { capability: 'V2_PULL', owner: 'go', source: 'capability', switchName: 'ROUTE_OWNER_CAP_V2_PULL' },
  );
  const text = await exposition();
  for (const line of [
    'quay_switch_snapshot_version{process_name="api-health",runtime="go"} 3',
    'quay_switch_parse_failures_total{process_name="api-health",runtime="go"} 0',
    'quay_switch_polls_total{process_name="api-health",outcome="changed",runtime="go"} 1',
    'quay_switch_owner_decision_total{capability="V2_PULL",owner="go",source="capability",runtime="go"} 1',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
});

test('whatever a poll throws, the next one follows', async () => {
  const { poll, requests } = script(
    new TypeError('a fault of ours'),
    new CodedError('SNAPSHOT_INVALID', 'torn'),
    snapshotOf(1),
    snapshotOf(2),
    new CodedError('SNAPSHOT_UNAVAILABLE', 'gone'),
  );
  const { switches, start, exposition } = follow(poll);
  const started = start();
  await waitUntil(
    'the first fault',
    () => switches.trouble() === 'everything belongs to python: a fault of ours',
    { intervalMs: 1 },
  );
  await started;
  assert.ok(switches.state().snapshot.version >= 1, 'an app begins with what the first good answer brought');
  await waitUntil('the last answer', () => requests.length >= 6);
  assert.equal(switches.state().snapshot.version, 2);
  assert.equal(switches.trouble(), undefined);
  const text = await exposition();
  assert.match(text, /outcome="unavailable",runtime="go"\} 2\n/);
  assert.match(text, /outcome="refused",runtime="go"\} 1\n/);
  assert.match(text, /^quay_switch_parse_failures_total\{.*\} 1$/m);
});

test('listeners hear of each new snapshot and each phase; one that throws keeps nobody from hearing', async () => {
  const gone = new CodedError('SNAPSHOT_UNAVAILABLE', 'gone');
  const { poll, requests } = script(snapshotOf(1), snapshotOf(2), gone, gone, 'unchanged', snapshotOf(2));
  const { switches, start, messages } = follow(poll);
  const heard: string[] = [];
  switches.onChange(() => {
    throw new Error('deaf');
  });
  const end = switches.onChange(({ snapshot, phase }) => heard.push(`${snapshot.version} ${phase}`));
  await start();
  await waitUntil('all answers', () => requests.length >= 8);
  assert.deepEqual(heard, ['1 fresh', '2 fresh', '2 last-known-good', '2 fresh']);
  end();
  assert.equal(messages().filter((message) => message.includes('could not be followed')).length, 4);
});

test('what is on disk decides until the first answer, and is the floor of all versions', async () => {
  const kept = snapshotOf(7, PULLS_TO_GO).snapshot;
  const store = { ...NOTHING_KEPT, restore: () => Promise.resolve(kept) };
  const answers = Promise.withResolvers<ParsedSnapshot>();
  const { switches, start, messages } = follow(() => answers.promise, store);
  const started = start();
  await waitUntil('the restored owners', () => switches.route(PULL).source === 'last-known-good');
  answers.resolve(snapshotOf(6));
  await started;
  assert.equal(switches.route(PULL).owner, 'go');
  assert.match(messages().join('\n'), /Version 6 of the owner switches is lower than version 7/);
});

test('a disk that hangs does not hold up the polls', async () => {
  const store = { ...NOTHING_KEPT, restore: () => new Promise<never>(() => undefined) };
  const { switches, start } = follow(script(snapshotOf(3)).poll, store);
  const began = performance.now();
  await start();
  assert.ok(performance.now() - began < 2900, 'within the time for the first poll');
  assert.equal(switches.state().snapshot.version, 3);
});

test('a source that hangs does not hold up the start, nor the end', async () => {
  const { switches, start } = follow(() => new Promise(() => undefined));
  const began = performance.now();
  await start();
  const startedMs = performance.now() - began;
  assert.ok(startedMs >= 2900 && startedMs < 4900, `${startedMs} ms`);
  await switches.close();
  assert.ok(performance.now() - began - startedMs < 1000);
});

test('an end while it starts ends the start', async () => {
  const { switches } = follow(() => new Promise(() => undefined));
  const stop = new AbortController();
  const began = performance.now();
  const started = switches.start(stop.signal);
  stop.abort();
  await started;
  assert.ok(performance.now() - began < 1000);
});

test('a held poll is aborted by the end, and is no failure', async () => {
  let aborted = false;
  const { switches, start, exposition, messages } = follow(async ({ waitMs, signal }) => {
    if (waitMs === 0) return snapshotOf(1);
    await sleep(60_000, undefined, { signal }).catch(() => (aborted = true));
    throw new CodedError('SNAPSHOT_UNAVAILABLE', 'aborted');
  });
  await start();
  await sleep(50);
  await switches.close();
  assert.ok(aborted);
  assert.match(await exposition(), /outcome="unavailable",runtime="go"\} 0\n/);
  assert.deepEqual(messages(), ['The owner switches are in force.']);
});

test('a controller cut off from its store gave an old snapshot out as fresh: it decides as the last known good', async () => {
  const confirmed = Promise.withResolvers<'unchanged'>();
  const aged = { answer: 'unchanged', ageSeconds: 41 } as const;
  const { poll, requests } = script({ answer: snapshotOf(3, PULLS_TO_GO), ageSeconds: 40 }, aged, aged);
  const { switches, start, exposition, messages } = follow((request) =>
    requests.length < 3 ? poll(request) : confirmed.promise,
  );
  const phases: string[] = [];
  switches.onChange(({ phase }) => phases.push(phase));
  await start();
  await waitUntil('the stale answers', () => requests.length === 3);
  const { owner, source } = switches.route(PULL);
  assert.equal(`${owner} ${source}`, 'go last-known-good');
  assert.equal(
    switches.trouble(),
    'version 3 is the last known good: test answers, but has itself not been able to confirm these owner switches for more than 30 s',
  );
  const age = /^quay_switch_snapshot_age_seconds\{.*\} (\S+)$/m.exec(await exposition())?.[1];
  assert.ok(Number(age) >= 40 && Number(age) < 45, age);
  confirmed.resolve('unchanged');
  await waitUntil('the confirmation', () => switches.trouble() === undefined);
  assert.equal(switches.route(PULL).source, 'capability');
  assert.deepEqual(phases, ['last-known-good', 'fresh']);
  assert.deepEqual(
    messages().map((message) => message.split(' test')[0]),
    [
      'The owner switches are in force.',
      'The owner switches cannot be updated from',
      'The owner switches are up to date again (test).',
    ],
  );
});

test('a source that did not heed its signal was asked again before it was done: now it is not', async () => {
  const first = Promise.withResolvers<ParsedSnapshot>();
  let polls = 0;
  const { switches, start, messages } = follow(
    () => {
      polls += 1;
      return polls === 1 ? first.promise : Promise.resolve(snapshotOf(2));
    },
    NOTHING_KEPT,
    30,
  );
  const started = start();
  await waitUntil('the limit of the first poll', () =>
    messages().some((message) => message.includes('There was no answer in time')),
  );
  // Ten intervals: without the wait for its end there would be many more polls by now.
  await sleep(300);
  assert.equal(polls, 1);
  first.resolve(snapshotOf(1));
  await started;
  assert.equal(switches.state().snapshot.version, 2, 'what came too late is not taken');
});

test('a poll that is late fails at its limit, and there is no other until it has ended', async () => {
  const work = Promise.withResolvers<string>();
  let signalled = false;
  const { answer, ended } = boundPoll(20, new AbortController().signal, (signal) => {
    signal.addEventListener('abort', () => (signalled = true));
    return work.promise;
  });
  await assert.rejects(answer, { code: 'SNAPSHOT_UNAVAILABLE', message: 'There was no answer in time' });
  assert.ok(signalled);
  let over = false;
  void ended.then(() => (over = true));
  await sleep(30);
  assert.equal(over, false);
  work.resolve('late');
  await ended;
});

test('a bounded poll in time gives its answer, and its limit is forgotten', async () => {
  const { answer, ended } = boundPoll(20, new AbortController().signal, () => Promise.resolve('in time'));
  assert.equal(await answer, 'in time');
  await ended;
});
