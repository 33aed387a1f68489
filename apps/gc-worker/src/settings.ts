import { jobSettings } from '@quay-observability/jobs';
import { booleanSetting, integerSetting } from '@quay-observability/quay-config';

/** The app's own settings, by environment variable. */
export const gcSettings = {
  dryRun: booleanSetting('GC_DRY_RUN', {
    help: 'Report in the log what would go, and delete nothing.',
    default: false,
  }),
  queuePollSeconds: integerSetting('GC_QUEUE_POLL_SECONDS', {
    help: "Seconds between two looks at the queues of what is marked for deletion; the default is Python's. The same for all replicas.",
    default: 60,
    min: 1,
    max: 3600,
  }),
  removalDoubtSeconds: integerSetting('GC_REMOVAL_DOUBT_SECONDS', {
    help: 'Seconds for which a storage may still remove a file after it has not answered; so long the lock of the blob is kept.',
    default: 120,
    min: 1,
    max: 3600,
  }),
  ...jobSettings(9114),
};
