import {
  isDigest,
  repositoryOf,
  type LibrarySettings,
  type RouteMatch,
} from '@quay-observability/registry-routes';
import type { NamedPull } from './named-pull.ts';

/** The answer to a request for a manifest. */
export type ManifestAnswer = {
  readonly method: string;
  readonly route: RouteMatch;
  readonly status: number;
  /** `Docker-Content-Digest` of the answer. */
  readonly digest: string | undefined;
  readonly unixMs: number;
};

/**
 * The pull to be tracked that an answered request is: a manifest by GET or HEAD with status 200 (contract
 * section 4); else undefined, also where a pull by tag does not tell its digest.
 */
export function namePull(answer: ManifestAnswer, library: LibrarySettings): NamedPull | undefined {
  const { method, route, status, unixMs } = answer;
  if (status !== 200 || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const byTag = route.endpoint === 'v2.fetch_manifest_by_tagname';
  if (!byTag && route.endpoint !== 'v2.fetch_manifest_by_digest') return undefined;
  const reference = route.params.manifest_ref;
  const digest = answer.digest ?? (byTag ? undefined : reference);
  const repository = repositoryOf(route.params, library);
  if (repository === undefined || digest === undefined || !isDigest(digest)) return undefined;
  return { repository, tag: byTag ? reference : undefined, digest, unixSeconds: Math.floor(unixMs / 1000) };
}
