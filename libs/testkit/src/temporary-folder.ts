import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeWithThisProcess } from './watchdog.ts';

/** A new folder that is removed at the latest when this process is gone. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `quay-observability-${name}-`));
  removeWithThisProcess(folder);
  return folder;
}
