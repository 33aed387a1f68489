import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from './free-port.ts';
import { assertGoldenExposition } from './golden-exposition.ts';
import { startApp, type RunningApp } from './start-app.ts';

export type WaitingApp = {
  /** The app's folder, `apps/<name>`. */
  folder: string;
  /** The setting of the Redis that the app watches; nobody listens there. */
  redisSetting: string;
  /** What its log says that it waits for. */
  waitsFor: RegExp;
  /** What `/readyz` answers without database and Redis. */
  readyz: { status: number; text: RegExp };
};

/** Declares the tests of an app that waits for its milestone, run as a process with nothing it needs. */
export function testWaitingApp({ folder, redisSetting, waitsFor, readyz }: WaitingApp): void {
  let app: RunningApp | undefined;
  const running = (): RunningApp => {
    assert.ok(app, 'the app did not start');
    return app;
  };
  before(async () => {
    const redis = { host: '127.0.0.1', port: await freePort(), db: 0 };
    app = await startApp(folder, { [redisSetting]: JSON.stringify(redis) });
  });
  after(() => app?.stop());

  void test('says in its log what it waits for', () => {
    assert.match(running().process.log(), waitsFor);
  });

  void test('stays up without what it needs, and says what is missing', async () => {
    assert.equal((await fetch(`${running().adminUrl}/livez`)).status, 200);
    const response = await fetch(`${running().adminUrl}/readyz`);
    assert.equal(response.status, readyz.status);
    assert.match(await response.text(), readyz.text);
  });

  void test('exposes what the golden file holds', async () => {
    const response = await fetch(`${running().adminUrl}/metrics`);
    assertGoldenExposition(join(folder, 'test/golden.prom'), await response.text());
  });
}
