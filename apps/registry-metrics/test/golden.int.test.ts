import { join } from 'node:path';
import { test } from 'node:test';
import { assertGoldenExposition, freePort } from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

test('a fresh app exposes what the golden file holds', async () => {
  const app = await runApp(`http://127.0.0.1:${await freePort()}`);
  try {
    const response = await fetch(`${app.adminUrl}/metrics`);
    assertGoldenExposition(join(import.meta.dirname, 'golden.prom'), await response.text());
  } finally {
    await app.stop();
  }
});
