/// <reference lib="dom" />
import { join } from 'node:path';
import {
  startApp,
  startChromium,
  startRedis,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import type { BrowserContextOptions } from 'playwright-core';
import { watchPage, type WatchedPage } from './watch-page.ts';

/** Who may change switches in these tests. */
export const TOKENS = { alice: 'token-of-alice-0123456789', bob: 'token-of-bob-0123456789' } as const;

export type ConsoleUnderTest = {
  /** Base URL of the controller. */
  readonly url: string;
  readonly controller: RunningApp;
  readonly redis: Server;
  /** Opens the console as somebody new, and waits until it shows the switches. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
  /** Starts an app that follows the controller. */
  follow(app: string, env?: Readonly<Record<string, string>>): Promise<RunningApp>;
  /** Reads an address of the JSON API. */
  read<Answer>(path: string): Promise<Answer>;
  /** Publishes a merge patch as somebody else would, without the console; gives the new version. */
  publish(who: keyof typeof TOKENS, patch: Record<string, unknown>): Promise<number>;
  stop(): Promise<void>;
};

/** A real controller with a real Redis, and a browser to look at it. */
export async function startConsole(env: Readonly<Record<string, string>> = {}): Promise<ConsoleUnderTest> {
  const started: { stop(): Promise<unknown> }[] = [];
  const keep = <Started extends { stop(): Promise<unknown> }>(one: Started): Started => {
    started.unshift(one);
    return one;
  };
  // The last one first: nothing is left without what it needs.
  const stop = async (): Promise<void> => {
    for (const one of started) await one.stop();
  };
  const start = async (app: string, settings: Readonly<Record<string, string>>): Promise<RunningApp> =>
    keep(
      await startApp(join(import.meta.dirname, '../../..', app), {
        SWITCH_STATE_DIR: temporaryFolder('switches'),
        ...settings,
      }),
    );
  try {
    const redis = keep(await startRedis({ persistent: true }));
    const controllerStarts = start('switch-controller', {
      USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port, db: 0 }),
      SWITCH_ADMIN_TOKENS: Object.entries(TOKENS)
        .map(([name, token]) => `${name}:${token}`)
        .join(','),
      // There is no other replica that might fill an empty Redis.
      SWITCH_SEED_DELAY_SECONDS: '0',
      ...env,
    });
    const [controller, { browser }] = await Promise.all([controllerStarts, startChromium().then(keep)]);
    const { url } = controller;
    // An app is live before it serves.
    await waitUntil('the controller to serve', async () => (await fetch(`${url}/v1/snapshot`)).ok);
    const read = async <Answer>(path: string): Promise<Answer> => {
      const response = await fetch(url + path);
      if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
      return (await response.json()) as Answer;
    };
    return {
      url,
      controller,
      redis,
      stop,
      read,
      follow: (app, settings = {}) =>
        start(app, {
          SWITCH_SOURCE: 'controller',
          SWITCH_CONTROLLER_URL: url,
          SWITCH_POLL_MIN_SECONDS: '1',
          SWITCH_POLL_MAX_SECONDS: '2',
          ...settings,
        }),
      publish: async (who, patch) => {
        const { version } = await read<{ version: number }>('/v1/snapshot');
        const response = await fetch(`${url}/v1/snapshot`, {
          method: 'PATCH',
          headers: {
            Authorization: `Bearer ${TOKENS[who]}`,
            'Content-Type': 'application/merge-patch+json',
          },
          body: JSON.stringify({ version, ...patch }),
        });
        if (!response.ok) throw new Error(`the patch was refused: ${await response.text()}`);
        return ((await response.json()) as { version: number }).version;
      },
      open: async (options = {}) => {
        const context = await browser.newContext({
          viewport: { width: 1440, height: 900 },
          ...options,
        });
        const watched = await watchPage(context, url);
        await watched.page.goto(url);
        await watched.page.locator('#routes tr').first().waitFor();
        return watched;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
