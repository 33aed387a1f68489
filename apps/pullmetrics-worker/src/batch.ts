import type { ClaimedEvent } from '@quay-observability/redis-contracts';

/** Keys that have been claimed together, and are written in one transaction. */
export type Batch = {
  readonly id: string;
  /** Names this attempt to write it; nobody else's transaction can commit it while it is the owner. */
  readonly owner: string;
  readonly events: readonly ClaimedEvent[];
  /** `performance.now()` */
  readonly claimedAt: number;
  /** Whether it was found without an owner that goes on. */
  readonly takenOver: boolean;
};
