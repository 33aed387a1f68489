import type { CountedPulls } from '@quay-observability/redis-contracts';

/** What is added to one row of `tagpullstatistics`. */
export type TagTotal = {
  readonly repositoryId: number;
  readonly tag: string;
  /** Of the latest pull. */
  readonly digest: string;
  readonly count: bigint;
  /** Of the latest pull; whole unix seconds. */
  readonly unixSeconds: number;
};

/** What is added to one row of `manifestpullstatistics`. */
export type ManifestTotal = {
  readonly repositoryId: number;
  readonly digest: string;
  readonly count: bigint;
  readonly unixSeconds: number;
};

/** One row each, in one order everywhere: transactions that lock rows in the same order wait, and never deadlock. */
export type PullTotals = { readonly tags: readonly TagTotal[]; readonly manifests: readonly ManifestTotal[] };

/** Adds pulls up by tag, and by manifest, whether they were by tag or by digest (contract section 5). */
export function addUpPulls(pulls: Iterable<CountedPulls>): PullTotals {
  const tags = new Map<string, TagTotal>();
  const manifests = new Map<string, ManifestTotal>();
  for (const { repositoryId, tag, digest, count, unixSeconds } of pulls) {
    addTo(manifests, `${repositoryId} ${digest}`, { repositoryId, digest, count, unixSeconds });
    if (tag !== undefined)
      addTo(tags, `${repositoryId} ${tag}`, { repositoryId, tag, digest, count, unixSeconds });
  }
  return {
    tags: [...tags.values()].sort((a, b) => a.repositoryId - b.repositoryId || inOrder(a.tag, b.tag)),
    manifests: [...manifests.values()].sort(
      (a, b) => a.repositoryId - b.repositoryId || inOrder(a.digest, b.digest),
    ),
  };
}

/** Of two with the same time the first keeps its digest, as in Python. */
function addTo<T extends { readonly count: bigint; readonly unixSeconds: number }>(
  totals: Map<string, T>,
  key: string,
  next: T,
): void {
  const sum = totals.get(key);
  if (sum === undefined) totals.set(key, next);
  else {
    const latest = next.unixSeconds > sum.unixSeconds ? next : sum;
    totals.set(key, { ...latest, count: sum.count + next.count });
  }
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
