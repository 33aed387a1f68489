/** What every key of a pull event begins with; `SCAN` looks for it (contract section 5). */
export const PULL_EVENT_PREFIX = 'pull_events:';

/** A pull by tag, or by digest where `tag` is undefined. */
export type PulledManifest = {
  /** Database id. */
  readonly repositoryId: number;
  readonly tag: string | undefined;
  /** `algorithm:hex`. */
  readonly digest: string;
};

/** The key that holds the pulls of a manifest in a repository, by tag or by digest (contract section 4). */
export function pullEventKey({ repositoryId, tag, digest }: PulledManifest): string {
  const repository = `${PULL_EVENT_PREFIX}repo:${repositoryId}`;
  return tag === undefined ? `${repository}:digest:${digest}` : `${repository}:tag:${tag}:${digest}`;
}
