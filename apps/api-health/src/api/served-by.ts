import type { Logger } from '@quay-observability/logging';
import {
  createDecideOwner,
  createOwnerUpstream,
  type DecideOwnerOptions,
  type OwnerUpstream,
  type ServedBy,
} from '@quay-observability/owner-gateway';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { ApiSettings } from './api-settings.ts';

/**
 * Any answer below 500 will do. Quay's web processes, which serve the API, answer it to anybody without a look at the
 * database; `/api/v1/discovery`, which needs no login either, describes the whole API anew each time.
 */
const HEALTH_PATH = '/_internal_ping';

/**
 * Who serves the API, as the settings say: both runtimes by owner, or the only one there is, which a line of the log
 * tells. Undefined if there is none.
 */
export function apiServedBy(
  settings: ApiSettings,
  decideBy: DecideOwnerOptions,
  log: Pick<Logger, 'info' | 'warning'>,
): ServedBy | undefined {
  const upstreamOf = (owner: RouteOwner, url: string | undefined): OwnerUpstream | undefined =>
    url === undefined
      ? undefined
      : createOwnerUpstream({ owner, url, kind: 'API', healthPath: HEALTH_PATH, settings, log });
  const go = upstreamOf('go', settings.apiUpstreamUrl);
  const python = upstreamOf('python', settings.apiPythonUpstreamUrl);
  if (go !== undefined && python !== undefined) return { go, python, ownerOf: createDecideOwner(decideBy) };
  if (go !== undefined) {
    log.warning(
      'Nothing is routed: API_PYTHON_UPSTREAM_URL is not set. Every request goes to API_UPSTREAM_URL and is counted, whatever the owner switches say.',
    );
    return { only: go };
  }
  if (python !== undefined) {
    log.warning(
      'Nothing is routed: API_UPSTREAM_URL is not set. Every request goes to API_PYTHON_UPSTREAM_URL, which counts it, whatever the owner switches say.',
    );
    return { only: python };
  }
  log.info('There is no gateway for /api: neither API_UPSTREAM_URL nor API_PYTHON_UPSTREAM_URL is set.');
  return undefined;
}
