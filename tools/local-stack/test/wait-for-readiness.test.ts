import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { RunningProcess } from '@quay-observability/testkit';
import { waitForReadiness } from '../src/wait-for-readiness.ts';

const ALL_THERE = { database: {}, redis: {}, registry: {} };
const RUNNING = { exit: () => undefined } as RunningProcess;
const ENDED = { exit: () => ({ code: 1, signal: null }) } as RunningProcess;

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** An app whose `/readyz` gives these reports in turn, the last one for good; an empty one is "ready". */
async function app(...reports: string[]) {
  const server = createServer((_request, response) => {
    const report = (reports.length > 1 ? reports.shift() : reports[0]) ?? '';
    response.writeHead(report === '' ? 200 : 503).end(report);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { admin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, process: RUNNING };
}

test('waits until every app is ready', async () => {
  const failing = '[-]database failed: no answer\n[+]redis ok\nreadyz check failed\n';
  const late = await app(failing, failing, '');
  assert.deepEqual(await waitForReadiness([await app(''), late], ALL_THERE, 10_000), []);
});

test('gives up in the end, and at once on an app that is down', async () => {
  const never = await app('[-]redis failed: refused\nreadyz check failed\n');
  assert.deepEqual(await waitForReadiness([await app(''), never], ALL_THERE, 100), [never]);
  const ended = { ...never, process: ENDED };
  const absent = { ...never, process: undefined };
  assert.deepEqual(await waitForReadiness([ended, absent], ALL_THERE, 3_600_000), [ended, absent]);
});

test('does not wait for an app that only lacks a server which was left out', async () => {
  const left = await app('[-]database failed: not configured\n[+]redis ok\nreadyz check failed\n');
  assert.deepEqual(await waitForReadiness([left], { ...ALL_THERE, database: undefined }, 3_600_000), []);
  const both = await app('[-]database failed: not configured\n[-]redis failed: refused\n');
  assert.deepEqual(await waitForReadiness([both], { ...ALL_THERE, database: undefined }, 100), [both]);
});
