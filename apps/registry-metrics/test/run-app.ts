import { join } from 'node:path';
import { startApp, type RunningApp } from '@quay-observability/testkit';

/** The app as its own process, in front of a registry. */
export function runApp(upstreamUrl: string, env: Record<string, string> = {}): Promise<RunningApp> {
  return startApp(join(import.meta.dirname, '..'), { REGISTRY_UPSTREAM_URL: upstreamUrl, ...env });
}
