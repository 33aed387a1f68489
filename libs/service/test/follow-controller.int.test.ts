import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freePort, startOtlpReceiver, temporaryFolder, waitUntil } from '@quay-observability/testkit';
import {
  jsonAnswer,
  startOddController,
  type Answer,
  type OddController,
} from './owner-switches/odd-controller.ts';
import { PULLS_TO_GO, snapshotJson } from './owner-switches/snapshots.ts';
import { killSwitchedApps, startSwitchedApp } from './run-switched-app.ts';

const VERSION = 'quay_switch_snapshot_version';
const POLLS = 'quay_switch_polls_total';
const DECISIONS = 'quay_switch_owner_decision_total';

const controllers: OddController[] = [];
after(() => Promise.all(controllers.map((controller) => controller.close())));
after(killSwitchedApps);

async function controllerOf(answer: Answer) {
  const controller = await startOddController(answer);
  controllers.push(controller);
  return { controller, env: envOf(controller.url.href) };
}

function envOf(url: string, stateDir = join(temporaryFolder('switches'), 'state')) {
  return { SWITCH_SOURCE: 'controller', SWITCH_CONTROLLER_URL: url, SWITCH_STATE_DIR: stateDir };
}

const GO = { ...PULLS_TO_GO, WORKER_OWNER_GCWORKER: 'go' };

// Each waits for polls most of the time.
describe('an app that follows a controller', { concurrency: 4 }, () => {
  test('a change that the controller holds back for is in force at once, and acknowledged at once', async () => {
    const held: (() => void)[] = [];
    const { controller, env } = await controllerOf((request, response) => {
      if (request.headers['if-none-match'] === undefined)
        jsonAnswer(snapshotJson(1), '"1-a"')(request, response);
      else held.push(() => jsonAnswer(snapshotJson(2, GO), '"2-b"')(request, response));
    });
    // Polls that ask again after 15 s: whatever is faster was held.
    const app = await startSwitchedApp({
      ...env,
      SWITCH_POLL_MIN_SECONDS: '15',
      SWITCH_POLL_MAX_SECONDS: '15',
    });
    const release = await waitUntil('a poll to be held', () => held[0]);
    assert.equal(controller.requests.at(-1)?.headers.prefer, 'wait=15');
    const published = performance.now();
    release();
    const acknowledged = await waitUntil('the acknowledgement', () =>
      controller.requests.find(({ headers }) => headers['x-quay-snapshot-version'] === '2'),
    );
    assert.ok(performance.now() - published < 7000);
    assert.equal(acknowledged.headers['x-quay-snapshot-state'], 'fresh');
    assert.equal(acknowledged.headers['if-none-match'], '"2-b"');
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    // The poll that is held now does not hold up the end.
    const stopping = performance.now();
    assert.equal(await app.stop(), 0);
    assert.ok(performance.now() - stopping < 7000);
  });

  test('a controller that goes away leaves the last known good, over a restart too', async () => {
    const { controller, env } = await controllerOf(jsonAnswer(snapshotJson(3, GO), '"3-c"'));
    const app = await startSwitchedApp(env);
    await waitUntil('a confirmation', async () => (await app.sample(POLLS, { outcome: 'unchanged' })) >= 1);
    await controller.close();
    await waitUntil('the trouble', async () => (await app.sample(POLLS, { outcome: 'unavailable' })) >= 2);
    assert.equal(await app.sample('quay_worker_running'), 1);
    const told = app
      .messages()
      .filter((message) => message.startsWith('The owner switches cannot be updated'));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', /does not answer: ECONN(REFUSED|RESET)/);
    assert.equal(await app.stop(), 0);

    const restarted = await startSwitchedApp(env);
    await waitUntil('the work to begin', () => restarted.messages().includes('work begins'));
    assert.equal(await restarted.sample(VERSION), 3);
    assert.match(await restarted.readyz(), /degraded: version 3 is the last known good: .*ECONNREFUSED/);
    await restarted.stop();
  });

  test('a controller that hangs keeps nobody from starting, and is reported', async () => {
    const { env } = await controllerOf(() => undefined);
    const app = await startSwitchedApp(env);
    assert.ok(!app.messages().some((message) => message.includes('There was no answer in time')));
    await waitUntil('the trouble', () =>
      app.messages().some((message) => message.includes('There was no answer in time')),
    );
    await waitUntil(
      'a decision',
      async () => (await app.sample(DECISIONS, { owner: 'python', source: 'fail-closed' })) > 0,
    );
    assert.equal(await app.stop(), 0);
  });

  test('answers that are no snapshot harm nothing, and each cause is logged once', async () => {
    const { controller, env } = await controllerOf(jsonAnswer(snapshotJson(3, GO), '"3-c"'));
    const app = await startSwitchedApp(env);
    const { requests } = controller;
    const answers: Answer[] = [
      (_request, response) => response.writeHead(500).end(),
      (_request, response) => response.end('<html>'),
      jsonAnswer(snapshotJson(2), '"2-b"'),
      (_request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
    ];
    for (const answer of [...answers, ...answers]) {
      const seen = requests.length;
      controller.answer = answer;
      await waitUntil('the next poll', () => requests.length > seen, { intervalMs: 5 });
    }
    controller.answer = jsonAnswer(snapshotJson(3, GO), '"3-c"');
    await waitUntil('the recovery', () =>
      app.messages().some((message) => message.includes('up to date again')),
    );
    const told = app
      .messages()
      .filter((message) => message.startsWith('The owner switches cannot be updated'));
    assert.equal(told.length, answers.length, told.join('\n'));
    assert.equal(await app.sample(VERSION), 3);
    assert.equal(await app.sample('quay_switch_parse_failures_total'), 4);
    assert.equal(await app.sample(DECISIONS, { owner: 'python' }), 0);
    await app.stop();
  });

  test('a controller cut off from its store kept everybody fresh: readiness and age tell how old its word is', async () => {
    let confirmedAge = '0.125';
    const { env } = await controllerOf((request, response) => {
      response.setHeader('X-Quay-Confirmed-Age', confirmedAge);
      jsonAnswer(snapshotJson(3, GO), '"3-c"')(request, response);
    });
    const app = await startSwitchedApp(env);
    assert.doesNotMatch(await app.readyz(), /degraded/);
    confirmedAge = '45.000';
    // The word of a moment ago counts until it is 30 s old; a process that begins now has nothing else.
    const restarted = await startSwitchedApp({
      ...env,
      SWITCH_STATE_DIR: join(temporaryFolder('switches'), 'b'),
    });
    assert.match(
      await restarted.readyz(),
      /owner switches degraded: version 3 is the last known good: .* has itself not been able to confirm/,
    );
    assert.ok((await restarted.sample('quay_switch_snapshot_age_seconds')) >= 45);
    await waitUntil(
      'a decision',
      async () => (await restarted.sample(DECISIONS, { owner: 'go', source: 'last-known-good' })) > 0,
    );
    assert.doesNotMatch(await app.readyz(), /degraded/);
    assert.deepEqual(await Promise.all([app.stop(), restarted.stop()]), [0, 0]);
  });

  test('a controller that has only a lower version said no more than 503: its reason is logged and counted', async () => {
    const { controller, env } = await controllerOf(jsonAnswer(snapshotJson(3, GO), '"3-c"'));
    const app = await startSwitchedApp(env);
    const message = 'You have version 3, and the newest that is known here is 2.';
    controller.answer = (_request, response) => {
      response.writeHead(503, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: { code: 'SNAPSHOT_REFUSED', message, current_version: 2 } }));
    };
    await waitUntil('the refusal', async () => (await app.sample('quay_switch_parse_failures_total')) > 0);
    assert.equal(await app.sample(POLLS, { outcome: 'unavailable' }), 0);
    const told = app.lines().find((line) => line.message.startsWith('The owner switches cannot be updated'));
    assert.ok(told?.message.endsWith(`answers 503: ${message}`), told?.message);
    assert.equal(told?.data.code, 'SNAPSHOT_REFUSED');
    await app.stop();
  });

  test('polls carry no trace and leave no connections behind, however much is traced', async () => {
    const { controller, env } = await controllerOf(jsonAnswer(snapshotJson(3), '"3-c"'));
    const collector = await startOtlpReceiver();
    const app = await startSwitchedApp({
      ...env,
      FEATURE_OTEL_TRACING: 'true',
      OTEL_CONFIG: JSON.stringify({ endpoint: collector.url, sample_rate: 1 }),
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    await waitUntil('three polls', () => controller.requests.length >= 3);
    assert.ok(controller.requests.every(({ headers }) => headers.traceparent === undefined));
    assert.ok(controller.open() <= 1);
    assert.equal(await app.stop(), 0);
    assert.deepEqual(
      collector.spans().map(({ name }) => name),
      [],
    );
    await waitUntil('the connection to be closed', () => controller.open() === 0);
    await collector.stop();
  });

  test('the process that polls an unused port is up within the time limit of the first poll', async () => {
    const app = await startSwitchedApp(envOf(`http://127.0.0.1:${await freePort()}`));
    assert.match(await app.readyz(), /owner switches degraded: everything belongs to python: .*ECONNREFUSED/);
    assert.equal(await app.stop(), 0);
  });
});
