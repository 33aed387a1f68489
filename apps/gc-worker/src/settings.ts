import { jobSettings } from '@quay-observability/jobs';
import { booleanSetting } from '@quay-observability/quay-config';

/** The app's own settings, by environment variable. */
export const gcSettings = {
  dryRun: booleanSetting('GC_DRY_RUN', {
    help: 'Report in the log what would go, and delete nothing.',
    default: false,
  }),
  ...jobSettings(9114),
};
