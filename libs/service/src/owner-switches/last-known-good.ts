import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import type { Snapshot } from '@quay-observability/owner-switch';
import { createProblemLog } from './log-problems.ts';
import { readSmallFile } from './read-small-file.ts';
import { sealSnapshot, unsealSnapshot } from './seal-snapshot.ts';
import { makePrivateFolder, writeAtomically } from './write-atomically.ts';

/** Keeps the last snapshot that was good, for a start while the source is away. A disk in trouble is logged, no more. */
export type LastKnownGood = {
  /** What was kept; undefined if there is nothing that can be used. Never rejects. */
  restore(): Promise<Snapshot | undefined>;
  /** Writes it in the background unless it is there already. Called at each good poll: a failure is tried again. */
  keep(snapshot: Snapshot): void;
  /** Resolves when nothing is being written. */
  settled(): Promise<void>;
};

/** Keeps nothing: for switches that come with the process. */
export const NOTHING_KEPT: LastKnownGood = {
  restore: () => Promise.resolve(undefined),
  keep: () => undefined,
  settled: () => Promise.resolve(),
};

const FILE = 'last-known-good.json';

/** Keeps snapshots of one source in a folder of its own, which is made if it is not there. */
export function createLastKnownGood(folder: string, source: string, log: Logger): LastKnownGood {
  const path = join(folder, FILE);
  const problems = createProblemLog(
    log,
    'The last known good owner switches cannot be kept on disk.',
    'The last known good owner switches are on disk again.',
  );
  let kept: Snapshot | undefined;
  let wanted: Snapshot | undefined;
  let busy = false;
  let written = Promise.resolve();

  const write = async () => {
    while (wanted !== undefined && wanted !== kept) {
      const snapshot = wanted;
      wanted = undefined;
      try {
        await makePrivateFolder(folder);
        await writeAtomically(path, sealSnapshot(source, snapshot));
        kept = snapshot;
        problems.recovered();
      } catch (error) {
        problems.failed(notKept(path, error));
      }
    }
    busy = false;
  };

  return {
    restore: async () => {
      try {
        if (!(await isThere(folder))) return undefined;
        await makePrivateFolder(folder);
        const { bytes } = await readSmallFile(path);
        kept = unsealSnapshot(source, bytes.toString('utf8'));
        return kept;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warning(`The last known good owner switches in ${path} cannot be used: ${reason}`, {
          code: 'SNAPSHOT_NOT_KEPT',
        });
        return undefined;
      }
    },
    keep: (snapshot) => {
      if (snapshot === kept && wanted === undefined) return;
      wanted = snapshot;
      if (busy) return;
      busy = true;
      written = write();
    },
    settled: () => written,
  };
}

/** Whether something was ever kept. A first start has nothing to report. */
async function isThere(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).includes(FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function notKept(path: string, error: unknown): CodedError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new CodedError('SNAPSHOT_NOT_KEPT', `${path}: ${code ?? message}`, { cause: error });
}
