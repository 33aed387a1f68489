import { jobSettings } from '@quay-observability/jobs';
import { booleanSetting, durationSecondsSetting, type SettingsOf } from '@quay-observability/quay-config';

/** Settings of this app, by environment variable; README.md has them as a table. */
export const flushSettings = {
  besidePython: booleanSetting('PULL_FLUSH_BESIDE_PYTHON', {
    help: 'Whether a flusher of Python may write at the same time. Each transaction then has the two tables of statistics for itself, or Python could count tags twice. Turn it off when Python flushes no more.',
    default: true,
  }),
  takeOverSeconds: durationSecondsSetting('PULL_FLUSH_TAKE_OVER_SECONDS', {
    help: 'After so long a batch of another process of this runtime is taken over. Too soon costs work, never a count.',
    default: 60,
    min: 1,
  }),
  pythonOrphanSeconds: durationSecondsSetting('PULL_FLUSH_PYTHON_ORPHAN_SECONDS', {
    help: 'A key claimed by a flusher of Python is an orphan if it was claimed, and last read, so long ago. Longer than two of its cycles, or both may count it.',
    default: 900,
    min: 1,
  }),
  ...jobSettings(9116),
} as const;

export type FlushSettings = SettingsOf<typeof flushSettings>;
