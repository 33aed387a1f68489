import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { seededRandom, type Random } from './random.ts';
import { open } from './raw-http.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';
import { WAYS } from './ways.ts';

/** How many connections are tried, and the seed of the first: a failure is repeated with FUZZ_FIRST. */
const CONNECTIONS = Number(process.env.FUZZ_REQUESTS ?? 400);
const FIRST = Number(process.env.FUZZ_FIRST ?? 1);

let upstream: Server;
let gateways: { way: string; running: RunningGateway }[];

before(async () => {
  // Answers with what it got, so that one comparison covers both sides of the gateway.
  upstream = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const { method, url, rawHeaders } = request;
      // Undici writes `host` small and no length of nothing; the upstream's connection is none of the client's.
      const headers = rawHeaders.flatMap((name, at) =>
        at % 2 === 1 || /^(?:connection|content-length)$/i.test(name)
          ? []
          : [name.toLowerCase(), rawHeaders[at + 1]],
      );
      const body = JSON.stringify({ method, url, headers });
      const chunked = url?.includes('chunked') === true;
      response.writeHead(url?.includes('absent') === true ? 404 : 200, {
        'X-Seen': 'yes',
        ...(chunked ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      });
      response.end(body);
    });
  });
  upstream.listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  gateways = [];
  for (const { name, ...setup } of WAYS)
    gateways.push({ way: name, running: await startGateway(url, setup) });
});
after(async () => {
  for (const { running } of gateways) await running.close();
  upstream.close();
});

test(
  `what ${CONNECTIONS} clients send, good or spoilt, has the same outcome whoever reads it`,
  { timeout: 120_000 },
  async () => {
    const statuses = new Map<string, number>();
    for (let seed = FIRST; seed < FIRST + CONNECTIONS; seed += 1) {
      const pieces = piecesOf(seed);
      const seen: string[] = [];
      for (const { running } of gateways) seen.push(await converse(running.port, pieces));
      const [plain = '', ...others] = seen;
      for (const other of others) assert.equal(other, plain, `seed ${seed}: ${JSON.stringify(pieces)}`);
      for (const [, status = ''] of plain.matchAll(/^HTTP\/1\.1 (\d+)/gm))
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    // Not vacuous: what is served, what upstreams refuse, and what the gateway refuses are there in number.
    for (const status of ['200', '404', '400'])
      assert.ok((statuses.get(status) ?? 0) > CONNECTIONS / 10, `${status}: ${statuses.get(status)}`);
    for (const { running } of gateways) assert.deepEqual(running.problems, []);
  },
);

/** Sends the pieces one by one; everything that comes back until the gateway ends the connection. */
async function converse(port: number, pieces: readonly string[]): Promise<string> {
  const client = await open(port);
  try {
    for (const piece of pieces) {
      client.send(piece);
      await nextTurn();
    }
    return (await client.closed()).replace(/^Date: .*$/gm, 'Date: -');
  } finally {
    client.socket.destroy();
  }
}

const HEADERS = [
  'Accept: a/b',
  'accept: c/d, e',
  'X-Empty:',
  'X-Spaces: \t a b \t',
  'X-Bytes: \xe9\xff',
  'Authorization: Bearer x',
  'Connection: keep-alive',
  'Connection: Keep-Alive, X-Named',
  'X-Named: 1',
  'Cookie: a=b',
  'Cookie: c=d',
  'X-Forwarded-For: 10.0.0.1',
  'X-Forwarded-Proto: https',
  'Content-Length: 0',
  'Range: bytes=0-1',
  'TE: trailers',
  'Upgrade: h2c',
  'Expect: 100-continue',
] as const;
const SPOILT = [
  'X-A : b',
  ' folded',
  'no colon',
  ': no name',
  'X-Nul: a\0b',
  'X-Lf: a\nX-B: c',
  'X-Cr: a\rb',
  'Host: second',
  'Content-Length: +1',
  'Transfer-Encoding: gzip',
  'X-(): a',
] as const;
const TARGETS = ['/v2/', '/v2/a/b/manifests/x?n=1', '/absent', '/chunked', '/a%2fb', '/a/../b'] as const;
const ODD_TARGETS = ['*', 'http://x/', '/a b', '/\xe9', '/a#b', ''] as const;

/** One or a few requests, the last of which ends the connection, cut into pieces. */
function piecesOf(seed: number): string[] {
  const random = seededRandom(seed);
  const count = 1 + random.below(3);
  const requests = Array.from({ length: count }, () => requestOf(random));
  const last = 'GET /last HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n';
  const text = [...requests, last].join('');
  // Request by request, all at once, or cut anywhere.
  const kind = random.below(3);
  if (kind === 0) return [...requests, last];
  if (kind === 1) return [text];
  const cut = random.below(text.length);
  return [text.slice(0, cut), text.slice(cut)].filter((piece) => piece !== '');
}

function requestOf(random: Random): string {
  const spoil = random.below(6) === 0;
  const method = random.pick(['GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'DELETE']);
  const target = spoil && random.below(3) === 0 ? random.pick(ODD_TARGETS) : random.pick(TARGETS);
  const version =
    spoil && random.below(4) === 0 ? random.pick(['HTTP/1.0', 'HTTP/2', 'http/1.1']) : 'HTTP/1.1';
  const headers = Array.from({ length: random.below(6) }, () => random.pick<string>(HEADERS));
  if (spoil) headers.push(random.pick<string>(SPOILT));
  if (random.below(20) !== 0) headers.splice(random.below(headers.length + 1), 0, 'Host: registry.test');
  const lineEnd = spoil && random.below(6) === 0 ? '\n' : '\r\n';
  return [`${method} ${target} ${version}`, ...headers, '', ''].join(lineEnd);
}
