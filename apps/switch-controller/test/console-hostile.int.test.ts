import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { startConsole, TOKENS, type ConsoleUnderTest } from './console/start-console.ts';
import { choose, preview, publish, rowOf, textOf } from './console/steps.ts';

const SWITCH = 'ROUTE_OWNER_CAP_V2_PULL';
const IMAGE = '<img/src=x/onerror=alert(1)>';
const SCRIPT = '"><script>alert(1)</script>{{constructor.constructor("alert(1)")()}}';

let site: ConsoleUnderTest;

before(async () => {
  site = await startConsole();
});
after(() => site.stop());

test('names and reasons that are markup are text wherever they appear', async () => {
  const watched = await site.open();
  const { page } = watched;
  await site.publish('bob', {
    reason: SCRIPT,
    owners: { [SWITCH]: 'go' },
    canaries: { by_switch: { [SWITCH]: { orgs: [IMAGE], repos: [`a/${IMAGE}`] } } },
  });
  await fetch(`${site.url}/v1/snapshot`, {
    headers: {
      'X-Quay-Process-Name': IMAGE,
      'X-Quay-Process-Host': SCRIPT,
      'X-Quay-Process-Id': '1',
      'X-Quay-Snapshot-Version': '1',
      'X-Quay-Snapshot-Age': '1',
      'X-Quay-Snapshot-State': 'fresh',
    },
  });
  await page.locator('#history').getByText(SCRIPT).waitFor();
  assert.ok((await textOf(page.locator('#in-force'))).includes(SCRIPT));
  assert.ok((await textOf(rowOf(page, SWITCH))).includes(IMAGE));
  assert.ok((await textOf(page.locator('#history'))).includes(IMAGE));

  await choose(page, { switchName: SWITCH, owner: 'go', reason: IMAGE, token: TOKENS.alice });
  assert.equal(await page.getByLabel('Organizations').inputValue(), IMAGE);
  await page.getByLabel('Organizations').fill(`${IMAGE}\n<svg/onload=alert(2)>`);
  const rows = await preview(page);
  assert.ok(rows.some(([, , to]) => to?.includes('<svg/onload=alert(2)>') === true));
  await publish(page);
  await page.keyboard.press('Escape');
  await page.locator('#history').getByText('<svg/onload=alert(2)>').waitFor();

  const foreign = await page.evaluate(
    () =>
      [...document.querySelectorAll('main img, main svg, main iframe, dialog img, dialog svg, body script')]
        .length,
  );
  assert.equal(foreign, 0, 'no element was made of it');
  assert.deepEqual(watched.faults, []);
  await watched.close();
});

test('the policy refuses scripts in the page and markup from text, even if the console had a fault', async () => {
  const watched = await site.open();
  const { page } = watched;
  const refused = await page.evaluate(() => {
    const script = document.createElement('script');
    try {
      script.textContent = 'window.ran = true';
      document.body.append(script);
    } catch {
      return 'refused';
    }
    try {
      document.body.innerHTML = '<img src=x onerror="window.ran = true">';
    } catch {
      return 'refused';
    }
    return 'taken';
  });
  assert.equal(refused, 'refused');
  assert.equal(await page.evaluate('window.ran'), undefined);
  await waitUntil('the violation to be told', () =>
    watched.faults.some((fault) => fault.startsWith('policy:')),
  );
  await watched.close();
});

test('with the store away the switches stay in sight, and a change says why it cannot be made', async () => {
  const watched = await site.open();
  const { page } = watched;
  await site.redis.kill();
  await choose(page, { switchName: SWITCH, owner: 'python', reason: 'now', token: TOKENS.alice });
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.locator('#step-preview, #change-message').filter({ visible: true }).first().waitFor();
  // The controller may still be able to preview; what counts is that it cannot publish.
  if (await page.locator('#step-preview').isVisible())
    await page.getByRole('button', { name: /^Publish version/ }).click();
  await page.getByRole('alert').getByText('The store is away').waitFor();
  assert.match(await textOf(rowOf(page, SWITCH)), /^V2_PULL Go canary/);
  await site.redis.restart();
  await waitUntil('the change to be possible again', async () => {
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.locator('#step-preview').waitFor({ timeout: 500 });
    return true;
  });
  await publish(page);
  await watched.close();
});

test('a controller that is gone is told, and what is shown is marked as old', async () => {
  const watched = await site.open();
  const { page } = watched;
  await page.context().setOffline(true);
  await page.locator('#connection.stale').waitFor();
  assert.match(
    await textOf(page.locator('#connection')),
    /^No news from the controller \(no connection\); shown is the state of \d{4}-/,
  );
  assert.equal(await page.locator('#announcer').innerText(), 'No news from the controller.');
  assert.ok((await page.locator('#routes tr').count()) > 20, 'the last state stays');
  await page.context().setOffline(false);
  await page.locator('#connection.live').waitFor();
  await watched.close();
});
