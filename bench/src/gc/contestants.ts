import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment, startApp, waitUntil } from '@quay-observability/testkit';

/** Where garbage is collected. */
export type Place = {
  readonly uri: string;
  readonly redisPort: number;
  /** Of the only storage location, `local_eu`. */
  readonly storageRoot: string;
};

/** Runs one round of garbage collection, from the search for a repository to its end; resolves to its seconds. */
export type Contestant = { readonly name: string; collect(place: Place): Promise<number> };

const ROOT = join(import.meta.dirname, '../../..');
const LONGEST_MS = 60 * 60_000;

export const OURS = 'gc-worker';
export const PYTHON = 'Python: a manifest and a blob at a time';

/** The app, with its own defaults. */
export const ours: Contestant = {
  name: OURS,
  collect: async ({ uri, redisPort, storageRoot }) => {
    const app = await startApp(join(ROOT, 'apps/gc-worker'), {
      DB_URI: uri,
      USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redisPort }),
      DISTRIBUTED_STORAGE_CONFIG: JSON.stringify({
        local_eu: ['LocalStorage', { storage_path: storageRoot }],
      }),
      WORKER_OWNER_GCWORKER: 'go',
    });
    try {
      return await waitUntil(
        'the collection',
        async () => {
          const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
          const isCollected = /^quay_gc_iterations_total\{runtime="go"\} [1-9]/m.test(text);
          const seconds =
            /^quay_worker_operation_duration_seconds_sum\{[^}]*"_garbage_collection_repos"[^}]*\} (.*)$/m.exec(
              text,
            )?.[1];
          return isCollected && Number(seconds);
        },
        { timeoutMs: LONGEST_MS, intervalMs: 500 },
      );
    } finally {
      await app.stop();
    }
  },
};

/** What Quay does, by the drivers that it uses. */
export async function python(): Promise<Contestant> {
  const environment = await pythonEnvironment('quay');
  const script = join(ROOT, 'bench/python/collect_garbage.py');
  return {
    name: PYTHON,
    collect: async ({ uri, redisPort, storageRoot }) => {
      const args = ['-B', script, uri, String(redisPort), storageRoot];
      const { stdout } = await promisify(execFile)(environment.python, args, { timeout: LONGEST_MS });
      return (JSON.parse(stdout) as { seconds: number }).seconds;
    },
  };
}
