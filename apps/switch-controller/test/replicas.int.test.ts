import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { startRedis, waitUntil, type RunningApp, type Server } from '@quay-observability/testkit';
import { call, metric, processHeaders, runController, setPull, versionOf } from './run-controller.ts';

type ProcessView = { id: string; status: string; version: number; propagation_seconds: number | null };

let redis: Server;
let one: RunningApp;
let other: RunningApp;
before(async () => {
  redis = await startRedis();
  [one, other] = await Promise.all([runController(redis), runController(redis)]);
});
after(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await redis.stop();
});

async function processesOf(app: RunningApp): Promise<ProcessView[]> {
  return (await call(app, '/v1/processes')).json.processes as ProcessView[];
}

test('two replicas that begin with an empty store agree, and serve the same bytes', async () => {
  const [a, b] = await waitUntil('both to serve the same', async () => {
    const answers = await Promise.all([call(one, '/v1/snapshot'), call(other, '/v1/snapshot')]);
    return answers[0].text === answers[1].text && answers;
  });
  assert.equal(a.headers.etag, b.headers.etag);
});

test('what one replica publishes the other serves within two seconds, and changes from', async () => {
  const version = await versionOf(one);
  const changed = await setPull(one, version, 'go');
  const seen = await waitUntil(
    'the other replica to follow',
    async () => {
      const answer = await call(other, '/v1/snapshot');
      return answer.json.version === version + 1 && answer;
    },
    { timeoutMs: 2000 },
  );
  assert.deepEqual([seen.text, seen.headers.etag], [changed.text, changed.headers.etag]);
  assert.equal((await setPull(other, version + 1, 'python')).status, 200);
});

test('a client never sees an older version than it has, whichever replica it comes to', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one];
    const { json, status } = await setPull(writer, await newest(), round % 2 === 0 ? 'go' : 'python');
    assert.equal(status, 200);
    const { version } = json;
    const headers = processHeaders('api-health', version);
    assert.equal((await call(reader, '/v1/snapshot', { headers })).json.version, version);
  }
  const ahead = await call(one, '/v1/snapshot', {
    headers: processHeaders('api-health', (await newest()) + 1),
  });
  assert.equal(ahead.status, 503);
  assert.deepEqual(
    [ahead.json.error.code, ahead.json.error.current_version],
    ['SNAPSHOT_REFUSED', await newest()],
  );
});

test('writers at two replicas exclude each other', async () => {
  const version = await newest();
  await setPull(one, version, null);
  const answers = await Promise.all(
    [one, other, one, other].map((app, index) => {
      const body = { version: version + 1, canaries: { orgs: [`org-${index}`] } };
      return call(app, '/v1/snapshot', { method: 'PATCH', body, token: 'bob-has-a-long-token' });
    }),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
});

test('a process that polls either replica is known to both, and its acknowledgement is observed once', async () => {
  const version = await newest();
  const poll = (app: RunningApp, reported: number) =>
    call(app, '/v1/snapshot', { headers: processHeaders('gc-worker', reported) });
  await poll(one, version);
  await waitUntil('the other replica to know it', async () => known(await processesOf(other)));
  // What the change before this test still brings is no part of it.
  let observed = await observations();
  await waitUntil('the acknowledgements of the change before', async () => {
    const before = observed;
    await sleep(1000);
    observed = await observations();
    return observed === before;
  });
  await setPull(one, version, 'go');
  await poll(other, version);
  await Promise.all([poll(one, version + 1), poll(other, version + 1)]);
  const [a, b] = await waitUntil('both replicas to know the acknowledgement', async () => {
    const views = [known(await processesOf(one)), known(await processesOf(other))];
    return views.every((view) => view?.version === version + 1 && view.propagation_seconds !== null) && views;
  });
  assert.equal(a?.status, 'current');
  await waitUntil('the two to agree on when it was', async () => {
    const views = [known(await processesOf(one)), known(await processesOf(other))];
    return views[0]?.propagation_seconds === views[1]?.propagation_seconds;
  });
  assert.ok((b?.propagation_seconds ?? 99) < 5);
  // The worker, and the two controllers, which follow themselves.
  await waitUntil('three observations', async () => (await observations()) === observed + 3);
  await poll(one, version + 1);
  await poll(other, version + 1);
  const both = await processesOf(one);
  assert.equal(both.filter(({ id }) => id.startsWith('switch-controller@')).length, 2);
  assert.equal(await observations(), observed + 3);
});

async function newest(): Promise<number> {
  return Math.max(await versionOf(one), await versionOf(other));
}

function known(processes: readonly ProcessView[]): ProcessView | undefined {
  return processes.find(({ id }) => id === 'gc-worker@host-1:1');
}

async function observations(): Promise<number> {
  const counts = await Promise.all(
    [one, other].map((app) => metric(app, 'quay_switch_propagation_seconds_count')),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
