import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { startMadeUpBlobs, type MadeUpBlobs } from './made-up-blobs.ts';
import { runApp } from './run-app.ts';
import { watchMemory } from './watch-memory.ts';

const MIB = 1024 ** 2;
const HOST = 'Host: registry.test\r\n';

let upstream: MadeUpBlobs;
let app: RunningApp;
let agent: Agent;

before(async () => {
  upstream = await startMadeUpBlobs();
  app = await runApp(upstream.url);
  agent = new Agent({ keepAlive: true, maxSockets: 16 });
});

after(async () => {
  agent.destroy();
  await app.stop();
  upstream.close();
});

async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const outgoing = send(new URL(app.url), { method, path, headers, agent }).end();
  const [answer] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

/** Names and labels of the series, without their values; those of node and of health checks come by themselves. */
async function series(): Promise<string[]> {
  const exposition = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const lines = exposition.split('\n').filter((line) => /^quay_(?!health_check_)/.test(line));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' '))).sort();
}

async function dial(text: string): Promise<Socket> {
  const { hostname, port } = new URL(app.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (text !== '') socket.write(text, 'latin1');
  return socket;
}

const hex = (seed: number): string => seed.toString(16).padStart(64, '0');

/** Sends requests without waiting in between, on one connection; gives the statuses of the answers. */
async function askAtOnce(visits: readonly Visit[]): Promise<string[]> {
  const text = visits.map(
    ([method, path, header = 'X-A: b']) => `${method} ${path} HTTP/1.1\r\n${HOST}${header}\r\n\r\n`,
  );
  const socket = await dial(text.join(''));
  let received = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received += chunk.toString('latin1');
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
    if (statuses.length === visits.length) return statuses;
  }
  throw new Error(`the connection ended after ${received.length} bytes of answers`);
}

type Visit = readonly [method: string, path: string, header?: string];

/** What one client does about a repository; each with names of its own. */
const visits = (seed: number): Visit[] => {
  const repository = `org-${seed}/team-${seed % 7}/repo-${seed}`;
  return [
    ['GET', `/v2/${repository}/manifests/tag-${seed}`, `User-Agent: agent/${seed}`],
    ['GET', `/v2/${repository}/blobs/sha256:${hex(seed)}?bytes=${seed % 50}`],
    ['HEAD', `/v2/${repository}/manifests/sha256:${hex(seed)}`, `Accept: application/x-${seed}`],
    ['PUT', `/v2/${repository}/manifests/tag-${seed}`, `Content-Type: application/x-made-up-${seed}`],
    ['GET', `/v1/repositories/${repository}/images`, `Cookie: session=${seed}`],
    ['GET', `/${repository}/${seed}%0d%0a%00<script>{le=%22${seed}%22}`, `X-${seed}: \xff`],
  ];
};

test(
  '20,000 repositories with names and values of all kinds: no series and little memory for them',
  { timeout: 600_000 },
  async () => {
    for (let seed = 1; seed <= 20; seed += 1) await askAtOnce(visits(seed));
    await series();
    const before = await series();
    const statuses = new Set<string>();
    let memory = watchMemory(app.process.pid);
    // Every repository by one kind of request, in turn.
    for (let first = 1000; first < 31_000; first += 100) {
      // The first third brings the heap of a new process to its usual size.
      if (first === 11_000) {
        memory.stop();
        memory = watchMemory(app.process.pid);
      }
      const seeds = Array.from({ length: 100 }, (_, index) => first + index);
      const batch = seeds.flatMap((seed) => visits(seed).slice(seed % 6, (seed % 6) + 1));
      for (const status of await askAtOnce(batch)) statuses.add(status);
    }
    assert.deepEqual([...statuses].sort(), ['200', '201']);
    assert.deepEqual(await series(), before);
    assert.ok(
      before.some((line) => line.includes('media_type="other"')),
      'made-up media types share one value',
    );
    const riseBytes = memory.stop();
    assert.ok(riseBytes < 80 * MIB, `resident memory rose by ${Math.round(riseBytes / MIB)} MiB`);
  },
);

test(
  '1,000 connections that say nothing, little or too slowly hold up nobody',
  { timeout: 300_000 },
  async () => {
    const memory = watchMemory(app.process.pid);
    const beginnings = [
      '',
      'GET',
      `GET /v2/ HTTP/1.1\r\n${HOST}X-Slow: `,
      `PUT /v2/a HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc`,
    ];
    const idle: Socket[] = [];
    for (let count = 0; count < 1000; count += 1) {
      // Most rest between two requests, as those of real clients do.
      idle.push(
        await dial(
          count % 5 === 0 ? (beginnings[(count / 5) % 4] ?? '') : `GET /v2/ HTTP/1.1\r\n${HOST}\r\n`,
        ),
      );
      if (count % 50 === 1) idle.at(-1)?.end();
    }
    for (let count = 0; count < 500; count += 1)
      assert.equal(await ask('GET', `/v2/a/manifests/${count}`), 200);
    assert.equal((await fetch(`${app.adminUrl}/readyz`)).status, 200);
    const riseBytes = memory.stop();
    assert.ok(riseBytes < 60 * MIB, `resident memory rose by ${Math.round(riseBytes / MIB)} MiB`);
    for (const socket of idle) socket.destroy();
    await waitUntil('the app to have let go of them', async () => (await ask('GET', '/v2/')) === 200);
  },
);

test(
  '50 clients that read a byte at a time hold the upstream back, not memory nor others',
  { timeout: 300_000 },
  async () => {
    const BLOB = 64 * MIB;
    const memory = watchMemory(app.process.pid);
    const writtenBefore = upstream.written();
    const slow: Socket[] = [];
    for (let count = 0; count < 50; count += 1) {
      const socket = await dial(`GET /v2/a/blobs/sha256:${hex(count)}?bytes=${BLOB} HTTP/1.1\r\n${HOST}\r\n`);
      socket.on('readable', () => undefined);
      slow.push(socket);
    }
    for (let second = 0; second < 3; second += 1) {
      for (const socket of slow) socket.read(1);
      assert.equal(await ask('GET', '/v2/a/manifests/latest'), 200);
      await sleep(1000);
    }
    const riseBytes = memory.stop();
    const each = (upstream.written() - writtenBefore) / slow.length;
    // What lies in the buffers of the system, on both ways and at both ends.
    assert.ok(each < 24 * MIB, `the upstream has sent ${Math.round(each / MIB)} MiB to each`);
    assert.ok(riseBytes < 80 * MIB, `resident memory rose by ${Math.round(riseBytes / MIB)} MiB`);
    for (const socket of slow) socket.destroy();
  },
);

test(
  'an upstream that sends a byte at a time is waited for, and holds up nobody',
  { timeout: 300_000 },
  async () => {
    const slow = Array.from({ length: 50 }, (_, index) =>
      fetch(`${app.url}/v2/a/blobs/sha256:${hex(index)}?bytes=40&every=50`).then((answer) => answer.text()),
    );
    for (let count = 0; count < 100; count += 1)
      assert.equal(await ask('GET', '/v2/a/manifests/latest'), 200);
    for (const body of await Promise.all(slow)) assert.equal(body, 'x'.repeat(40));
  },
);

test('the app still answers, and has ended no request without a word', async () => {
  assert.equal(app.process.exit(), undefined);
  assert.doesNotMatch(app.process.log(), /"level":"(ERROR|CRITICAL)"|Uncaught|TypeError/i);
  assert.equal(await ask('GET', '/v2/'), 200);
});
