import { decodePath } from '@quay-observability/registry-routes';

/** What a path asks for (contract section 10). */
export type HealthPage =
  | { readonly page: 'instance' | 'endtoend' | 'warning' | 'dbrevision' }
  | { readonly page: 'enabledebug'; readonly secret: string };

const PAGES: ReadonlyMap<string, HealthPage> = new Map([
  ['/health', { page: 'instance' }],
  ['/health/instance', { page: 'instance' }],
  ['/status', { page: 'endtoend' }],
  ['/health/endtoend', { page: 'endtoend' }],
  ['/health/warning', { page: 'warning' }],
  ['/health/dbrevision', { page: 'dbrevision' }],
]);
const DEBUG = '/health/enabledebug/';
/** Of a target as clients send it to a proxy, which every server has to take (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/** Of the request target; a `redirect` is the same target with single slashes, which is a page. */
export type HealthTarget = HealthPage | { readonly page: 'redirect'; readonly to: string } | undefined;

/** Finds the page as Flask does: decoded, case and a trailing slash matter, double slashes redirect. */
export function healthPageOf(requestTarget: string): HealthTarget {
  const target = requestTarget.replace(ORIGIN, '');
  const path = decodePath(target);
  const found = pageAt(path);
  if (found !== undefined || !path.includes('//')) return found;
  if (pageAt(path.replaceAll(/\/{2,}/g, '/')) === undefined) return undefined;
  const query = target.indexOf('?');
  const raw = query === -1 ? target : target.slice(0, query);
  return {
    page: 'redirect',
    to: `${raw.replaceAll(/(?:\/|%2f){2,}/gi, '/')}${query === -1 ? '' : target.slice(query)}`,
  };
}

function pageAt(path: string): HealthPage | undefined {
  const page = PAGES.get(path);
  if (page !== undefined) return page;
  if (!path.startsWith(DEBUG)) return undefined;
  const secret = path.slice(DEBUG.length);
  return secret === '' || secret.includes('/') ? undefined : { page: 'enabledebug', secret };
}
