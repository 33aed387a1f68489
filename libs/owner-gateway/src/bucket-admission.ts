/** A mapping of namespaces to buckets after its limits, and what they refused. */
export type Admitted = {
  /** Namespace -> bucket; namespaces of refused buckets are missing, hence `other`. */
  readonly buckets: ReadonlyMap<string, string>;
  /** How many buckets were refused. */
  readonly refused: number;
};

/**
 * Bounds how many label values the configuration can make: `most` buckets at a time, the first of the mapping, and over
 * the life of the process twice as many, because the series of a bucket that is gone stay until the restart.
 */
export function createBucketAdmission(most: number): (wanted: ReadonlyMap<string, string>) => Admitted {
  const ever = new Set<string>();
  return (wanted) => {
    const admitted = new Set<string>();
    const refused = new Set<string>();
    const buckets = new Map<string, string>();
    for (const [namespace, bucket] of wanted) {
      if (!admitted.has(bucket)) {
        if (admitted.size >= most || (!ever.has(bucket) && ever.size >= 2 * most)) {
          refused.add(bucket);
          continue;
        }
        admitted.add(bucket);
        ever.add(bucket);
      }
      buckets.set(namespace, bucket);
    }
    return { buckets, refused: refused.size };
  };
}
