import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { requireProgram } from '../find-program.ts';
import { answersOk, startServer } from './server.ts';

/** A browser without a window; every `browser.newContext()` is a new person at it. */
export type ChromiumBrowser = { readonly browser: Browser; stop(): Promise<void> };

/**
 * A real Chromium with a new profile, which ends and is removed with this process. It asks nobody but the
 * pages that it is sent to.
 *
 * Throws an error that says what to install if there is none.
 */
export async function startChromium(): Promise<ChromiumBrowser> {
  const server = await startServer(
    {
      name: 'chromium',
      prepare: ({ port, dir }) => ({
        command: requireProgram('chromium', 'chromium-browser', 'google-chrome'),
        args: [
          ...['--headless', `--remote-debugging-port=${port}`, `--user-data-dir=${join(dir, 'profile')}`],
          ...FLAGS,
          // Its sandbox needs rights that root in a container does not have.
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          'about:blank',
        ],
        env: { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir, XDG_CACHE_HOME: dir },
        ready: () => answersOk(`http://127.0.0.1:${port}/json/version`),
      }),
    },
    {},
  );
  try {
    const browser = await chromium.connectOverCDP(server.url);
    return {
      browser,
      stop: async () => {
        await browser.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-breakpad',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--password-store=basic',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];
