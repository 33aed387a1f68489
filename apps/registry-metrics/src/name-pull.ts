import type { Pull, NamedPull } from '@quay-observability/registry-counting';
import type { RouteMatch } from '@quay-observability/registry-routes';
import { repositoryOf, type LibrarySettings } from './request-repository.ts';

/** Takes over pulls to be tracked in Redis; neither waits nor throws. */
export type TrackPull = (pull: NamedPull) => void;

/**
 * The pull to track, if this counted one is tracked: only a successful one of a v2 manifest is (contract section 4).
 * `servedDigest` is the `Docker-Content-Digest` of the answer; without one the digest is that of the request, or
 * empty for a pull by tag.
 */
export function namePull(
  { protocol, ref, status }: Pull,
  { params }: Pick<RouteMatch, 'params'>,
  servedDigest: string | undefined,
  library: LibrarySettings,
  unixMs: number,
): NamedPull | undefined {
  const repository = repositoryOf(params, library);
  const { manifest_ref: reference = '' } = params;
  if (protocol !== 'v2' || status !== '200' || repository === undefined) return undefined;
  const byTag = ref === 'tag';
  return {
    repository,
    tag: byTag ? reference : undefined,
    digest: servedDigest ?? (byTag ? '' : reference),
    unixSeconds: Math.floor(unixMs / 1000),
  };
}
