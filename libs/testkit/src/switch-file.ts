import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scrape } from './exposition-samples.ts';
import type { RunningApp } from './start-app.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitUntil } from './wait-until.ts';

/** The owner switches in a file, as an operator edits them. */
export type SwitchFile = {
  path: string;
  /** Variables of an app that follows the file as fast as it may. */
  env: Readonly<Record<string, string>>;
  /** Publishes these owners under the next version, and waits until every app that is given follows. */
  publish(
    owners: Readonly<Record<string, string>>,
    options: { to: readonly RunningApp[]; canaries?: object; forcePython?: boolean },
  ): Promise<void>;
};

/** A file that gives everything to Python. */
export function createSwitchFile(): SwitchFile {
  const path = join(temporaryFolder('switches'), 'switches.json');
  let version = 0;
  const write = (content: object): void => {
    version += 1;
    const updatedAt = new Date().toISOString();
    // Replaced at once: a reader sees the old one or the new one.
    writeFileSync(`${path}.new`, JSON.stringify({ version, updated_at: updatedAt, ...content }));
    renameSync(`${path}.new`, path);
  };
  write({ owners: {} });
  return {
    path,
    env: {
      SWITCH_SOURCE: 'file',
      SWITCH_FILE: path,
      SWITCH_POLL_MIN_SECONDS: '1',
      SWITCH_POLL_MAX_SECONDS: '1',
    },
    publish: async (owners, { to, canaries, forcePython }) => {
      write({ owners, ...(canaries && { canaries }), ...(forcePython && { force_python: true }) });
      for (const app of to) await follows(app, version);
    },
  };
}

async function follows(app: RunningApp, version: number): Promise<void> {
  await waitUntil(`version ${version}`, async () => {
    const samples = await scrape(app.adminUrl, 'quay_switch_snapshot_version');
    return [...samples.values()][0] === version;
  });
}
