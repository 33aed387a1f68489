import { statfs } from 'node:fs/promises';
import type { ServiceCheck } from './service-check.ts';

/** Blocks of a file system, as `statvfs` counts them. */
export type BlockCounts = {
  readonly blocks: number;
  readonly bfree: number;
  /** Of the free ones those that are not reserved for root. */
  readonly bavail: number;
};

export type DiskSpaceOptions = {
  readonly name: 'disk_space' | 'disk_space_warning';
  readonly setupComplete: boolean;
  /** Share of each volume that must be free, 0..1. */
  readonly threshold: number;
  readonly workingFolder: string;
  readonly temporaryFolder: string;
};

/** Whether the working and the temporary volume have enough free space (contract section 10). */
export function createDiskSpaceCheck(options: DiskSpaceOptions): ServiceCheck {
  const { name, setupComplete, threshold, workingFolder, temporaryFolder } = options;
  return {
    name,
    check: async () => {
      if (!setupComplete) return { healthy: true, message: 'Stack not fully setup; skipping check' };
      for (const [volume, folder] of [
        ['main', workingFolder],
        ['temp', temporaryFolder],
      ] as const) {
        const percent = usedPercent(await statfs(folder));
        if (1 - percent / 100 >= threshold) continue;
        const failure = `Disk space has gone below threshold on ${volume} volume: ${percent.toFixed(1)}`;
        return { healthy: false, failure };
      }
      return { healthy: true };
    },
  };
}

/** Used space in percent of what a user could use, with one decimal, as psutil tells it and Python rounds it. */
export function usedPercent({ blocks, bfree, bavail }: BlockCounts): number {
  const used = blocks - bfree;
  const usable = used + bavail;
  return usable === 0 ? 0 : roundToTenth((used / usable) * 100);
}

/** Python rounds the two ties that a double can have, .25 and .75, to the even digit; `toFixed` always up. */
function roundToTenth(value: number): number {
  const isQuarter = (value * 4) % 4 === 1;
  return isQuarter ? Math.floor(value) + 0.2 : Number(value.toFixed(1));
}
