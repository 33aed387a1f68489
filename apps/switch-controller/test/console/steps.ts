import type { Locator, Page } from 'playwright-core';

/** The row of a switch in the matrix. */
export function rowOf(page: Page, switchName: string): Locator {
  return page.locator(`tr[data-switch="${switchName}"]`);
}

/** What a row says, in one line. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replaceAll(/\s+/g, ' ').trim();
}

/** Opens the dialog of a switch and fills in owner, reason and, if it is asked for, the token. */
export async function choose(
  page: Page,
  choice: { switchName: string; owner: string; reason: string; token?: string },
): Promise<void> {
  await rowOf(page, choice.switchName).getByRole('button').click();
  await page.locator(`#choose-owner input[value=${choice.owner}]`).check();
  await page.getByLabel('Reason').fill(choice.reason);
  if (choice.token !== undefined) await page.getByLabel('Token').fill(choice.token);
}

/** From the form to the preview; gives the rows of the difference. */
export async function preview(page: Page): Promise<string[][]> {
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.locator('#step-preview').waitFor();
  return previewRows(page);
}

/** The rows of the preview: field, from, to. */
export async function previewRows(page: Page): Promise<string[][]> {
  const rows = await page.locator('#preview-rows tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()));
}

/** From the preview to the first news of the propagation. */
export async function publish(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Publish version/ }).click();
  await page
    .locator('#watch-summary')
    .getByText(/version \d+/)
    .waitFor();
}

/** Presses Tab until the focus is on what the selector names. Throws after a whole round. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < 200; pressed += 1) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`the keyboard does not get to ${selector}`);
}
