import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createConsoleHandler } from '../src/console/index.ts';

let server: Server;
let url: string;

before(async () => {
  const handler = createConsoleHandler();
  server = createServer((request, response) =>
    handler(request, response, () => response.writeHead(404).end('not the console')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

test('the page loads nothing but what this server serves, and all of it', async () => {
  const page = await (await fetch(`${url}/?from=bookmark`)).text();
  const addresses = [...page.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, address]) => address ?? '');
  const own = addresses.filter((address) => !address.startsWith('data:') && !address.startsWith('v1/'));
  assert.ok(own.length > 10, 'stylesheet and modules');
  for (const address of own) {
    assert.match(address, /^console\/[a-z-]+\.(css|ts|js)$/);
    const response = await fetch(`${url}/${address}`);
    assert.equal(response.status, 200, address);
    assert.match(response.headers.get('content-type') ?? '', /^text\/(css|javascript); charset=utf-8$/);
  }
});

test('scripts are JavaScript, whatever they are written in', async () => {
  const script = await (await fetch(`${url}/console/main.ts`)).text();
  assert.match(script, /^import /);
  assert.doesNotMatch(script, /import type|: ConsoleState/);
});

test('everything comes with the policy that forbids all that is foreign', async () => {
  for (const path of ['/', '/console/console.css', '/console/main.ts']) {
    const { headers } = await fetch(url + path);
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
  }
});

test('browsers keep what has not changed, and get no body for HEAD', async () => {
  const first = await fetch(`${url}/console/console.css`);
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w-]{22}"$/);
  const again = await fetch(`${url}/console/console.css`, { headers: { 'If-None-Match': etag } });
  assert.equal(again.status, 304);
  const head = await fetch(`${url}/console/console.css`, { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(await first.text())));
  assert.equal(await head.text(), '');
});

test('what is not the console goes on to the next handler', async () => {
  for (const path of ['/v1/snapshot', '/console/', '/console/../index.ts', '/console/nothing.js']) {
    assert.equal(await (await fetch(url + path)).text(), 'not the console', path);
  }
  assert.equal((await fetch(url, { method: 'POST' })).status, 404);
});
