import type { NamedPull } from '@quay-observability/registry-counting';

/** Pulls of one measurement. */
export const PULLS = 50_000;
export const REPOSITORIES = 100;
const DIGESTS = 5;

/** Name of a repository that the database has. */
export function repositoryName(index: number): string {
  return `org-${index % 10}/app-${index}`;
}

/** The pull with this number: half by tag and half by digest, spread over all repositories. */
export function pullNumber(number: number, unixSeconds: number): NamedPull {
  const repository = number % REPOSITORIES;
  const byDigest = Math.floor(number / REPOSITORIES) % 2 === 1;
  const digest = ((repository * DIGESTS + (Math.floor(number / REPOSITORIES) % DIGESTS)) % 256)
    .toString(16)
    .padStart(64, '0');
  return {
    repository: repositoryName(repository),
    tag: byDigest ? undefined : 'latest',
    digest: `sha256:${digest}`,
    unixSeconds,
  };
}
