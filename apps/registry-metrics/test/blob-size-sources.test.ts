import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@quay-observability/database';
import { waitUntil } from '@quay-observability/testkit';
import { createDatabaseSource } from '../src/blob-size-sources.ts';

/** Stands for the database where it must hang or fail at a given moment. */
function database(answer: () => Promise<{ image_size: string } | undefined>) {
  const it = { asked: 0, answer };
  const read = ((): Promise<unknown> => {
    it.asked += 1;
    return it.answer();
  }) as Database['read'];
  return Object.assign(it, { read });
}

test('a database that hangs holds up one question, and is then left alone until it is tried again', async () => {
  const hanging = database(() => new Promise(() => undefined));
  const source = createDatabaseSource(hanging, { timeoutMs: 20, restMs: 60 });
  await assert.rejects(source('sha256:aa').find(), /no answer within 20 ms/);
  assert.equal(await source('sha256:bb').find(), undefined);
  assert.equal(hanging.asked, 1);

  hanging.answer = () => Promise.resolve({ image_size: '7' });
  await waitUntil('the end of the rest', async () => (await source('sha256:cc').find()) === 7);
  assert.equal(await source('sha256:dd').find(), 7);
});

test('after the rest a single question tries whether the database is back', async () => {
  const failing = database(() => Promise.reject(new Error('down')));
  const source = createDatabaseSource(failing, { timeoutMs: 1000, restMs: 30 });
  await assert.rejects(source('sha256:aa').find(), /down/);
  const { promise, resolve } = Promise.withResolvers<{ image_size: string }>();
  failing.answer = () => promise;
  const tried = await waitUntil('the end of the rest', () => {
    const found = source('sha256:bb').find();
    return failing.asked === 2 ? { found } : undefined;
  });
  assert.equal(await source('sha256:cc').find(), undefined);
  assert.equal(failing.asked, 2);
  resolve({ image_size: '8' });
  assert.equal(await tried.found, 8);
});
