import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { contrasts } from './console/contrasts.ts';
import { startConsole, TOKENS, type ConsoleUnderTest } from './console/start-console.ts';
import { choose, preview, rowOf } from './console/steps.ts';
import type { WatchedPage } from './console/watch-page.ts';

const SWITCH = 'ROUTE_OWNER_CAP_V2_PULL';
const MIN_CONTRAST = 4.5;

let site: ConsoleUnderTest;

before(async () => {
  site = await startConsole();
  await site.publish('alice', {
    reason: 'something of everything',
    owners: {
      [SWITCH]: 'go',
      ROUTE_OWNER_FAMILY_API_V1: 'go',
      ROUTE_OWNER_CAP_V2_PUSH: 'python',
      WORKER_OWNER_BUILDER: 'off',
      ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME_GET: 'go',
    },
    canaries: { by_switch: { [SWITCH]: { percent: 10 } } },
  });
  await fetch(`${site.url}/v1/snapshot`, {
    headers: {
      'X-Quay-Process-Name': 'registry-metrics',
      'X-Quay-Process-Host': 'a-host-with-a-rather-long-name-7d9f5c6b8-x2x1p',
      'X-Quay-Process-Id': '17',
      'X-Quay-Snapshot-Version': '1',
      'X-Quay-Snapshot-Age': '12',
      'X-Quay-Snapshot-State': 'last-known-good',
    },
  });
});
after(() => site.stop());

/** The states of the page that are looked at one after the other. */
async function* statesOf(page: Page): AsyncGenerator<string> {
  await page.locator('#processes').getByText('last known good').waitFor();
  yield 'the page';
  await choose(page, { switchName: SWITCH, owner: 'go', reason: 'more' });
  yield 'the form';
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('alert').waitFor();
  yield 'a fault';
  await page.getByLabel('Token').fill(TOKENS.alice);
  await page.getByLabel('Share of repositories').fill('20');
  await preview(page);
  yield 'the preview';
  await page.keyboard.press('Escape');
}

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { passes, violations } = await page.evaluate(() => axe.run(document));
  assert.ok(passes.length > 20, 'axe has looked at the page');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: every text has contrast enough, and axe finds nothing`, async () => {
    const watched = await site.open({ colorScheme });
    const { page } = watched;
    const seen = new Set<string>();
    for await (const state of statesOf(page)) {
      for (const { element, text, ratio } of await contrasts(page)) {
        seen.add(element);
        assert.ok(
          ratio >= MIN_CONTRAST,
          `${state}: ${element} “${text}” has a contrast of ${ratio.toFixed(2)}`,
        );
      }
      assert.deepEqual(await accessibilityFaults(page), [], state);
    }
    for (const expected of [
      'span.badge.go.own',
      'span.badge.python.inherited',
      'button.danger',
      'span.state.behind',
    ])
      assert.ok([...seen].includes(expected), `${expected} was measured`);
    assert.deepEqual(watched.faults, []);
    await watched.close();
  });
}

test('light and dark differ, and each follows the system', async () => {
  const colours = async ({ page }: WatchedPage) =>
    page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      return { backgroundColor, color };
    });
  const watched = await site.open({ colorScheme: 'light' });
  const light = await colours(watched);
  await watched.page.emulateMedia({ colorScheme: 'dark' });
  const dark = await colours(watched);
  assert.notEqual(light.backgroundColor, dark.backgroundColor);
  assert.notEqual(light.color, dark.color);
  await watched.close();
});

test('owners differ in word and shape, not in colour alone', async () => {
  const watched = await site.open();
  const shapeOf = (selector: string) =>
    watched.page
      .locator(selector)
      .first()
      .evaluate((badge) => {
        const { borderRadius, borderWidth, transform } = getComputedStyle(badge, '::before');
        return [badge.textContent, borderRadius, borderWidth, transform].join(' ');
      });
  const shapes = await Promise.all(['#routes .go', '#routes .python', '#workers .off'].map(shapeOf));
  assert.equal(new Set(shapes).size, 3);
  const style = (kind: string) =>
    watched.page
      .locator(`#routes .${kind}`)
      .first()
      .evaluate((badge) => getComputedStyle(badge).borderStyle);
  assert.deepEqual([await style('own'), await style('inherited')], ['solid', 'dashed']);
  await watched.close();
});

test('on 360 pixels nothing has to be scrolled sideways', async () => {
  const watched = await site.open({ viewport: { width: 360, height: 740 } });
  const { page } = watched;
  for await (const state of statesOf(page)) {
    const [wide, dialogWide] = await page.evaluate(() => {
      const dialog = document.querySelector('dialog');
      return [document.documentElement.scrollWidth, (dialog?.scrollWidth ?? 0) - (dialog?.clientWidth ?? 0)];
    });
    assert.equal(wide, 360, state);
    assert.ok(dialogWide <= 0, state);
  }
  for (const part of [rowOf(page, SWITCH).getByRole('button'), page.locator('#processes .status').first()]) {
    await part.scrollIntoViewIfNeeded();
    const box = await part.boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 360);
  }
  await watched.close();
});

test('the focus can be seen', async () => {
  const watched = await site.open();
  await watched.page.keyboard.press('Tab');
  await watched.page.keyboard.press('Tab');
  const outline = await watched.page
    .locator(':focus')
    .evaluate((focused) => getComputedStyle(focused).outlineStyle + getComputedStyle(focused).outlineWidth);
  assert.equal(outline, 'solid2px');
  await watched.close();
});
