import { repositoryOf, type LibrarySettings, type RouteMatch } from '@quay-observability/registry-routes';
import type { NamedPull } from './named-pull.ts';

/** The answer to a request for a manifest. */
export type ManifestAnswer = {
  readonly method: string;
  readonly route: RouteMatch;
  readonly status: number;
  readonly header: (lowerCaseName: string) => string | undefined;
};

/**
 * The pull to be tracked that an answered request is: a manifest by GET or HEAD with status 200 (contract
 * section 4), now; else undefined. Its digest is empty where the answer to a pull by tag tells none.
 */
export function namePull(answer: ManifestAnswer, library: LibrarySettings): NamedPull | undefined {
  const { method, route, status, header } = answer;
  if (status !== 200 || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const byTag = route.endpoint === 'v2.fetch_manifest_by_tagname';
  if (!byTag && route.endpoint !== 'v2.fetch_manifest_by_digest') return undefined;
  const { manifest_ref: reference = '' } = route.params;
  const repository = repositoryOf(route.params, library);
  if (repository === undefined) return undefined;
  return {
    repository,
    tag: byTag ? reference : undefined,
    digest: header('docker-content-digest') ?? (byTag ? '' : reference),
    unixSeconds: Math.floor(Date.now() / 1000),
  };
}
