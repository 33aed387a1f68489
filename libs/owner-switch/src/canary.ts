import { hash } from 'node:crypto';
import type { CanarySelectors } from './snapshot.ts';

/** Who asks, as far as a canary is concerned. */
export type Requester = {
  /** `namespace/name`, the library namespace included; undefined if the request is about none. */
  readonly repository: string | undefined;
  /** The namespace of a request that is about no repository. */
  readonly namespace?: string | undefined;
  /** Asked only if users are selected: finding it out costs. If it throws, nobody is asking. */
  readonly user?: (() => string | undefined) | undefined;
};

/** Whether a canary takes in a request. */
export type Gate = (requester: Requester) => boolean;

/** Whether there is anything that selects; without it a canary takes in everybody. */
export function isGated({ orgs, repos, users, percent }: CanarySelectors): boolean {
  return percent !== undefined || orgs.length > 0 || repos.length > 0 || users.length > 0;
}

/** Whether a canary takes in a request: one selector that names it is enough. */
export function isSelected(selectors: CanarySelectors, requester: Requester): boolean {
  return createGate(selectors)(requester);
}

/** Compiles the selectors: asking takes the same time for one name as for thousands. Never throws. */
export function createGate(selectors: CanarySelectors): Gate {
  const orgs = new Set(selectors.orgs);
  const repos = new Set(selectors.repos);
  const users = new Set(selectors.users);
  const { percent } = selectors;
  return ({ repository, namespace, user }) => {
    const org = repository === undefined ? namespace : repository.split('/', 1)[0];
    if (org !== undefined && orgs.has(org)) return true;
    if (repository !== undefined) {
      if (repos.has(repository)) return true;
      if (percent !== undefined && isWithinPercent(repository, percent)) return true;
    }
    if (users.size === 0) return false;
    const name = askUser(user);
    return name !== undefined && users.has(name);
  };
}

/** A request without a name that can be found out is Python's; it must not fail over it. */
function askUser(user: Requester['user']): string | undefined {
  try {
    return user?.();
  } catch {
    return undefined;
  }
}

/**
 * Whether a repository is within the first `percent` of all: the first four bytes of the SHA-256 of its name
 * in UTF-8, big-endian, lie below that share of 2^32. The same everywhere and always; a higher percentage only
 * adds. Both products are exact in doubles, so another language decides alike (contract section 13).
 */
export function isWithinPercent(repository: string, percent: number): boolean {
  const position = Number.parseInt(hash('sha256', repository).slice(0, 8), 16);
  return position * 100 < percent * 2 ** 32;
}
