import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { formatSeconds } from '../src/console/browser/format.ts';
import { startConsole, TOKENS, type ConsoleUnderTest } from './console/start-console.ts';
import { choose, preview, previewRows, publish, rowOf, tabTo, textOf } from './console/steps.ts';
import type { WatchedPage } from './console/watch-page.ts';

const V2_PULL = 'ROUTE_OWNER_CAP_V2_PULL';
type History = {
  entries: { version: number; changes: { field: string; from: string | null; to: string | null }[] }[];
};

let site: ConsoleUnderTest;
let worker: RunningApp;
let watched: WatchedPage | undefined;

before(async () => {
  site = await startConsole();
  worker = await site.follow('globalstats-worker');
});
after(() => site.stop());
afterEach(async () => {
  const faults = watched?.faults ?? [];
  await watched?.close();
  watched = undefined;
  assert.deepEqual(faults, [], 'what the browser complained about');
});

async function open() {
  watched = await site.open();
  return watched.page;
}

/** What the last publication changed, as the preview has it. */
async function lastChanges(): Promise<(string | null)[][]> {
  const { entries } = await site.read<History>('/v1/history?limit=1');
  return (entries[0]?.changes ?? []).map(({ field, from, to }) => [
    field,
    from ?? 'not set',
    to ?? 'not set',
  ]);
}

test('the matrix tells owners of their own from inherited ones, and what decides', async () => {
  await site.publish('bob', {
    reason: 'half of the registry',
    owners: {
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
      ROUTE_OWNER_CAP_V2_PUSH: 'python',
      WORKER_OWNER_BUILDER: 'off',
    },
    canaries: { by_switch: { ROUTE_OWNER_FAMILY_REGISTRY_V2: { percent: 5, orgs: ['payments'] } } },
  });
  const page = await open();
  const row = (name: string) => textOf(rowOf(page, name));
  assert.equal(
    await row('ROUTE_OWNER_FAMILY_REGISTRY_V2'),
    'REGISTRY_V2 Go canary ROUTE_OWNER_FAMILY_REGISTRY_V2 5 % of repositories, organization payments M2 Change REGISTRY_V2',
  );
  assert.match(await row(V2_PULL), /^V2_PULL Go canary \(inherited\) family REGISTRY_V2 5 % of/);
  assert.match(await row('ROUTE_OWNER_CAP_V2_PUSH'), /^V2_PUSH Python ROUTE_OWNER_CAP_V2_PUSH Change/);
  assert.match(await row('ROUTE_OWNER_CAP_V1_PULL'), /^V1_PULL Python \(inherited\) default Change/);
  assert.match(await row('WORKER_OWNER_BUILDER'), /^BUILDER Off WORKER_OWNER_BUILDER/);
  assert.match(await textOf(page.locator('#in-force')), /by bob, .* “half of the registry”$/);
  assert.match(await textOf(page.locator('#rates')), /Not available: PROMETHEUS_URL is not set/);
  const milestone = page.locator('#milestones li').nth(2);
  await milestone.locator('summary').click();
  assert.match(await textOf(milestone), /^M2 0 of 14 on Go Still on Python: .*V2_PUSH/);
});

test('an owner is changed by keyboard alone, and what is published is what the preview showed', async () => {
  const page = await open();
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), 'Skip to the switches');
  await tabTo(page, `tr[data-switch="${V2_PULL}"] button`);
  await page.keyboard.press('Enter');
  await page.locator('#change[open]').waitFor();
  // "Not set" is chosen, and Go stands above it: what routes cannot have is skipped.
  await tabTo(page, '#choose-owner input');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.locator('#choose-owner input:checked').inputValue(), 'go');
  await tabTo(page, '#choose-gate input');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, '#canary-percent');
  await page.keyboard.type('12.5');
  await tabTo(page, '#canary-users');
  await page.keyboard.type('eve\nmallory');
  await tabTo(page, '#reason');
  await page.keyboard.type('the first eighth');
  await tabTo(page, '#token');
  await page.keyboard.type(TOKENS.alice);
  await page.keyboard.press('Enter');
  await page.locator('#step-preview').waitFor();
  const shown = await previewRows(page);
  assert.deepEqual(shown, [
    [V2_PULL, 'not set', 'go'],
    [`canaries.by_switch.${V2_PULL}.percent`, 'not set', '12.5'],
    [`canaries.by_switch.${V2_PULL}.users`, 'not set', 'eve, mallory'],
  ]);
  await tabTo(page, '#publish');
  await page.keyboard.press('Enter');
  await page.locator('#watch-done').waitFor();
  assert.match(
    await textOf(page.locator('#watch-summary')),
    /^All 2 processes follow version \d+\. The slowest took \d/,
  );
  await page.keyboard.press('Escape');
  await page.locator('#change').waitFor({ state: 'hidden' });
  assert.equal(await rowOf(page, V2_PULL).locator('button:focus').count(), 1, 'the focus is where it was');
  assert.match(
    await textOf(rowOf(page, V2_PULL)),
    /^V2_PULL Go canary ROUTE_OWNER_CAP_V2_PULL 12\.5 % of repositories, 2 users/,
  );
  assert.deepEqual(await lastChanges(), shown);
});

test('the dialog waits for the last process, and says which one it is', async () => {
  const page = await open();
  await choose(page, { switchName: V2_PULL, owner: 'python', reason: 'back', token: TOKENS.alice });
  await preview(page);
  worker.process.signal('SIGSTOP');
  try {
    await publish(page);
    await page.locator('#watch-summary').getByText('1 of 2 processes follow version').waitFor();
    const [waited, ...others] = await page.locator('#watch-list li').all();
    assert.match(
      await textOf(waited ?? page.locator('#watch-list')),
      /^globalstats-worker \(.*\) waiting, on \d+$/,
    );
    assert.equal(others.length, 1);
    assert.match(await textOf(page.locator('#propagation')), /^1 of 2 processes follow/);
    assert.equal(await page.locator('#watch-done').isVisible(), false);
  } finally {
    worker.process.signal('SIGCONT');
  }
  await page.locator('#watch-done').waitFor();
  // The slowest comes first, with the time that the controller has measured.
  const [slowest] = await page.locator('#watch-list li').all();
  const { slowest_propagation_seconds: seconds } = await site.read<{ slowest_propagation_seconds: number }>(
    '/v1/processes',
  );
  assert.match(
    await textOf(slowest ?? page.locator('#watch-list')),
    new RegExp(`^globalstats-worker .* followed in ${formatSeconds(seconds)}$`),
  );
});

test('a wrong token is told, forgotten, and asked for again; a right one is asked for once', async () => {
  const page = await open();
  const wrong = 'token-of-nobody-0123456789';
  await choose(page, { switchName: V2_PULL, owner: 'go', reason: 'try', token: wrong });
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('alert').getByText('does not know this token').waitFor();
  assert.equal(await page.locator('#token:focus').count(), 1);
  assert.equal(await page.locator('#token').inputValue(), '');
  await page.getByLabel('Token').fill(TOKENS.alice);
  assert.deepEqual(await preview(page), [[V2_PULL, 'python', 'go']]);
  await page.keyboard.press('Escape');
  await rowOf(page, V2_PULL).getByRole('button').click();
  assert.equal(await page.locator('#token').isVisible(), false);
  const stored = await page.evaluate(() => [
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
    document.cookie,
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll('input')].map((input) => input.value),
  ]);
  assert.ok(!stored.join('\n').includes(TOKENS.alice), 'the token is nowhere but in memory');
  await page.reload();
  await rowOf(page, V2_PULL).getByRole('button').click();
  assert.equal(await page.locator('#token').isVisible(), true, 'a reload forgets it');
  forgive(/401/);
});

test('whoever is slower is shown the new state and may try again', async () => {
  const page = await open();
  await choose(page, { switchName: V2_PULL, owner: 'go', reason: 'mine', token: TOKENS.alice });
  assert.deepEqual(await preview(page), [[V2_PULL, 'python', 'go']]);
  const version = await site.publish('bob', { reason: 'errors in eu', owners: { [V2_PULL]: null } });
  await page.getByRole('button', { name: /^Publish version/ }).click();
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(
    await alert.innerText(),
    new RegExp(`Somebody was faster: bob published version ${version} \\(“errors in eu”\\)`),
  );
  assert.match(await alert.innerText(), /V2_PULL now has no owner of its own and follows/);
  assert.equal(await page.getByLabel('Reason').inputValue(), 'mine', 'what was typed is kept');
  const shown = await preview(page);
  assert.deepEqual(shown, [[V2_PULL, 'not set', 'go']]);
  await publish(page);
  assert.deepEqual(await lastChanges(), shown);
  forgive(/409/);
});

test('a refresh takes neither the focus nor what is half typed', async () => {
  const page = await open();
  await rowOf(page, V2_PULL).getByRole('button').click();
  await page.getByLabel('Reason').pressSequentially('half');
  const inForce = page.locator('#in-force code');
  const seen = async (version: number) => {
    await waitUntil('the refresh', async () => (await inForce.innerText()) === String(version));
  };
  await seen(await site.publish('bob', { reason: 'x', owners: { ROUTE_OWNER_CAP_V2_BLOB: 'go' } }));
  await page.keyboard.type(' a reason');
  assert.equal(await page.getByLabel('Reason').inputValue(), 'half a reason');
  await page.keyboard.press('Escape');
  await rowOf(page, 'ROUTE_OWNER_CAP_V2_BLOB').getByRole('button').focus();
  await seen(await site.publish('bob', { reason: 'y', owners: { ROUTE_OWNER_CAP_V2_BLOB: 'python' } }));
  assert.match(await textOf(rowOf(page, 'ROUTE_OWNER_CAP_V2_BLOB')), /^V2_BLOB Python/);
  assert.equal(await rowOf(page, 'ROUTE_OWNER_CAP_V2_BLOB').locator('button:focus').count(), 1);
  assert.match(
    await page.locator('#announcer').innerText(),
    /in force, published by bob|All 2 processes follow/,
  );
});

/** Takes what the test itself brought about from the faults: browsers log every refused request. */
function forgive(pattern: RegExp): void {
  if (watched === undefined) return;
  const expected = watched.faults.filter((fault) => pattern.test(fault));
  assert.ok(expected.length > 0);
  for (const fault of expected) watched.faults.splice(watched.faults.indexOf(fault), 1);
}
