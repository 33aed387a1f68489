import type { BrowserContext, Page } from 'playwright-core';

/** A page of which everything that goes wrong is written down. */
export type WatchedPage = {
  readonly page: Page;
  /** Errors and warnings of the browser's console, uncaught exceptions, violations of the policy, dialogs, foreign requests. */
  readonly faults: string[];
  close(): Promise<void>;
};

const TIMEOUT_MS = 10_000;

/** A new page of the context; only requests to `origin` are none of its faults. */
export async function watchPage(context: BrowserContext, origin: string): Promise<WatchedPage> {
  const faults: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(`foreign request: ${url}`);
  });
  await page.exposeFunction('reportViolation', (text: string) => faults.push(`policy: ${text}`));
  await page.addInitScript(`
    document.addEventListener('securitypolicyviolation', (event) =>
      reportViolation(event.violatedDirective + ' ' + event.blockedURI));
  `);
  return { page, faults, close: () => context.close() };
}
