/** Replicas of which failed ones are left alone for a while (contract section 14). */
export type ReplicaSet<R> = {
  readonly size: number;
  /** A random one of those that are not in quarantine; undefined if all are. */
  pick(): R | undefined;
  quarantine(replica: R): void;
};

export function createReplicaSet<R>(
  replicas: readonly R[],
  {
    quarantineMs,
    now = () => performance.now(),
    random = Math.random,
  }: { readonly quarantineMs: number; readonly now?: () => number; readonly random?: () => number },
): ReplicaSet<R> {
  const quarantinedUntil = new Map<R, number>();
  return {
    size: replicas.length,
    pick: () => {
      const healthy = replicas.filter((replica) => (quarantinedUntil.get(replica) ?? -Infinity) <= now());
      return healthy[Math.floor(random() * healthy.length)];
    },
    quarantine: (replica) => {
      quarantinedUntil.set(replica, now() + quarantineMs);
    },
  };
}
