import { hash } from 'node:crypto';
import type { CanarySelectors } from './snapshot.ts';

/** Who asks, as far as a canary is concerned. */
export type Requester = {
  /** `namespace/name`, the library namespace included; undefined if the request is about none. */
  readonly repository: string | undefined;
  /** The namespace of a request that is about no repository. */
  readonly namespace?: string | undefined;
  /** Asked only if users are selected: finding it out costs. */
  readonly user?: (() => string | undefined) | undefined;
};

/** Whether there is anything that selects; without it a canary takes in everybody. */
export function isGated({ orgs, repos, users, percent }: CanarySelectors): boolean {
  return percent !== undefined || orgs.length > 0 || repos.length > 0 || users.length > 0;
}

/** Whether a canary takes in a request: one selector that names it is enough. */
export function isSelected(selectors: CanarySelectors, requester: Requester): boolean {
  const { orgs, repos, users, percent } = selectors;
  const { repository, user } = requester;
  const namespace = repository === undefined ? requester.namespace : repository.split('/', 1)[0];
  if (namespace !== undefined && orgs.includes(namespace)) return true;
  if (repository !== undefined && repos.includes(repository)) return true;
  if (percent !== undefined && repository !== undefined && isWithinPercent(repository, percent)) return true;
  if (users.length === 0) return false;
  const name = user?.();
  return name !== undefined && users.includes(name);
}

/**
 * Whether a repository is within the first `percent` of all: the first four bytes of the SHA-256 of its name,
 * big-endian, lie below that share of 2^32. The same everywhere and always; a higher percentage only adds.
 */
export function isWithinPercent(repository: string, percent: number): boolean {
  const position = Number.parseInt(hash('sha256', repository).slice(0, 8), 16);
  return position * 100 < percent * 2 ** 32;
}
