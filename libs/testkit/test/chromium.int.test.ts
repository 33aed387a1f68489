import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { freePort, startChromium } from '../src/index.ts';

test('Chromium runs a page, keeps people apart, and is gone when it is stopped', async () => {
  const port = await freePort();
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<title>before</title><script>document.title = localStorage.name ?? "nobody"</script>');
  }).listen(port, '127.0.0.1');
  const chromium = await startChromium();
  try {
    const [one, other] = [await chromium.browser.newContext(), await chromium.browser.newContext()];
    const page = await one.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.evaluate('localStorage.name = "alice"');
    await page.reload();
    assert.equal(await page.title(), 'alice');
    const strange = await other.newPage();
    await strange.goto(`http://127.0.0.1:${port}/`);
    assert.equal(await strange.title(), 'nobody');
  } finally {
    await chromium.stop();
    server.close();
    server.closeAllConnections();
  }
  assert.equal(chromium.browser.isConnected(), false);
});
