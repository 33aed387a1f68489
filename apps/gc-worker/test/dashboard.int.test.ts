import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, startApp, startRedis, temporaryFolder, waitUntil } from '@quay-observability/testkit';

test('the dashboard shows the queues of the three programs to holders of a token', async (context) => {
  const tokensFile = join(temporaryFolder('tokens'), 'tokens');
  const token = 'a-token-of-sixteen-and-more';
  writeFileSync(tokensFile, `${token}\n`);
  const redis = await startRedis();
  context.after(() => redis.stop());
  const port = await freePort();
  const app = await startApp(join(import.meta.dirname, '..'), {
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    JOBS_DASHBOARD: 'true',
    JOBS_DASHBOARD_PORT: String(port),
    JOBS_DASHBOARD_TOKENS_FILE: tokensFile,
  });
  context.after(() => app.stop());
  const url = `http://127.0.0.1:${port}/api/queues`;
  assert.equal((await fetch(url)).status, 401);
  const text = await waitUntil('the queues', async () => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return response.status === 200 && response.text();
  });
  const { queues } = JSON.parse(text) as { queues: { name: string }[] };
  assert.deepEqual(
    queues.map(({ name }) => name),
    ['GCWORKER', 'REPOSITORYGCWORKER', 'NAMESPACEGCWORKER'],
  );
});
