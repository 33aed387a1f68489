import type { CanarySelectors } from '@quay-observability/owner-switch';
import type { LibrarySettings } from '@quay-observability/registry-routes';
import { escapeRegex } from './escape-regex.ts';
import type { HeadPatterns } from './rule-pattern.ts';

const SEGMENT = '[^/]+';

/** The repositories that a canary names, as patterns; users and percentages cannot be expressed. */
export function canaryHeads({ orgs, repos }: CanarySelectors, library: LibrarySettings): HeadPatterns {
  return [
    ...orgs.flatMap((org) => orgPatterns(org, library)),
    ...repos.flatMap((repo) => repoPatterns(repo, library)),
  ];
}

function orgPatterns(org: string, { namespace, enabled }: LibrarySettings): string[] {
  const within = `${escapeRegex(org)}(?:/${SEGMENT})+`;
  // Without the library a name of one segment is its own namespace.
  if (!enabled) return [within, escapeRegex(org)];
  return org === namespace ? [within, SEGMENT] : [within];
}

function repoPatterns(repo: string, { namespace, enabled }: LibrarySettings): string[] {
  const name = repo.startsWith(`${namespace}/`) ? repo.slice(namespace.length + 1) : undefined;
  const isShort = enabled && name !== undefined && !name.includes('/');
  // With the library a name of one segment stands for one in that namespace, and for no other.
  const full = enabled && !repo.includes('/') ? [] : [escapeRegex(repo)];
  return isShort ? [...full, escapeRegex(name)] : full;
}
