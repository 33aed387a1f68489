import { createRequire } from 'node:module';

/** Version of this release of the apps. */
export const VERSION = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
