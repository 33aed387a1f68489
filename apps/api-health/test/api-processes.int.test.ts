import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { scrape, temporaryFolder, waitUntil, type RunningApp } from '@quay-observability/testkit';
import { answeredRequests } from './api-requests.ts';
import { countEach, durationCounts } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';
import { sendAll } from './send-requests.ts';

const folder = temporaryFolder('config');
let go: NewRuntimeApi;
let app: RunningApp;

/** Replaced at once, as a ConfigMap is. */
function track(bucket: string): void {
  const file = join(folder, 'config.yaml');
  writeFileSync(`${file}.new`, `TRACKED_NAMESPACES: {${bucket}: [api]}\n`);
  renameSync(`${file}.new`, file);
}

before(async () => {
  go = await startNewRuntimeApi();
  track('first');
  app = await runApiApp({
    API_UPSTREAM_URL: go.url,
    HTTP_WORKERS: '2',
    QUAYCONF: folder,
    CONFIG_RELOAD_SECONDS: '0.2',
  });
  await waitUntil(
    'both workers',
    async () => (await (await fetch(`${app.adminUrl}/readyz?verbose`)).text()).includes('[+]http workers ok'),
    { timeoutMs: 60_000 },
  );
});

after(async () => {
  await app.stop();
  await go.close();
});

test('two processes count as one, and a changed TRACKED_NAMESPACES is followed by both', async () => {
  const requests = answeredRequests().slice(0, 300);
  const expected = (bucket: string): string[] =>
    requests.map(({ key, target }) =>
      target.startsWith('/api/v1/superuser/') && /\/(acme|nobody)\//.test(target)
        ? key.replace(/\S+$/, 'other')
        : key.replace(/\S+$/, bucket),
    );
  await sendAll(app.url, requests);
  assert.deepEqual(await durationCounts(app.adminUrl), countEach(expected('first')));

  track('second');
  await waitUntil('both to follow', async () => {
    const samples = await scrape(app.adminUrl, 'quay_config_reloads_total');
    return samples.get('quay_config_reloads_total{outcome="success"}') === 2;
  });
  await sendAll(app.url, requests);
  assert.deepEqual(
    await durationCounts(app.adminUrl),
    countEach([...expected('first'), ...expected('second')]),
  );
});
