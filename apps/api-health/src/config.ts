import { secscanSettings } from './secscan/secscan-settings.ts';

/** Settings of this app, by environment variable; README.md has them as a table. */
export const apiHealthSettings = { ...secscanSettings };
