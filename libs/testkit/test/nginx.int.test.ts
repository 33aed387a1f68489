import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { startNginx, waitUntil, type NginxConfig } from '../src/index.ts';

const answering =
  (text: string): NginxConfig =>
  ({ port }) =>
    `server { listen 127.0.0.1:${port}; location / { return 200 ${text}; } }`;

const ask = async (url: string): Promise<string> =>
  // A connection of its own: one that is kept would still be served by the worker before a reload.
  (await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(300) })).text();

test('nginx takes another configuration while it runs, and says why it refuses one', async () => {
  const nginx = await startNginx({ config: answering('first') });
  try {
    assert.equal(await ask(nginx.url), 'first');
    await nginx.reload(answering('second'));
    assert.equal(await ask(nginx.url), 'second');
    await assert.rejects(
      nginx.reload(() => 'no_such_directive on;'),
      /unknown directive "no_such_directive"/,
    );
    assert.equal(await ask(nginx.url), 'second');
  } finally {
    await nginx.stop();
  }
  assert.equal(existsSync(nginx.dir), false);
});

test('a frozen or killed nginx serves nobody, its worker neither', async () => {
  const nginx = await startNginx({ config: answering('here') });
  try {
    nginx.signal('SIGSTOP');
    await assert.rejects(ask(nginx.url), /timeout/);
    nginx.signal('SIGCONT');
    assert.equal(await ask(nginx.url), 'here');
    await nginx.kill();
    await waitUntil('the port to be closed', () =>
      ask(nginx.url).then(
        () => false,
        () => true,
      ),
    );
    await nginx.restart();
    assert.equal(await ask(nginx.url), 'here');
    nginx.signal('SIGSTOP');
  } finally {
    await nginx.stop();
  }
  await assert.rejects(ask(nginx.url), /fetch failed/);
});

test('a configuration that nginx refuses at the start is reported with its own words', async () => {
  await assert.rejects(
    startNginx({ config: () => 'no_such_directive on;' }),
    /nginx ended.*unknown directive/s,
  );
});
