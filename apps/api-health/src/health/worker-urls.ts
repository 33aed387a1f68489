import type { HealthSettings } from '@quay-observability/quay-config';

/** Where the processes of Quay are pinged. */
export type WorkerUrls = { readonly registry: string; readonly web: string };

/**
 * The addresses that Python would ask: `localhost` with the port of `SERVER_HOSTNAME` if that is `localhost` too, and
 * else the port of Quay's nginx.
 */
export function workerUrls({
  serverHostname,
  preferredUrlScheme,
  externalTlsTermination,
}: Pick<HealthSettings, 'serverHostname' | 'preferredUrlScheme' | 'externalTlsTermination'>): WorkerUrls {
  const scheme = externalTlsTermination ? 'http' : preferredUrlScheme;
  const [host, port, ...more] = serverHostname.split(':');
  const own = host === 'localhost' && more.length === 0 ? port : undefined;
  const base = `${scheme}://localhost:${own ?? (scheme === 'http' ? '8080' : '8443')}`;
  return { registry: `${base}/v1/_internal_ping`, web: `${base}/_internal_ping` };
}
