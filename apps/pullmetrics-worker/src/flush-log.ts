import type { Logger } from '@quay-observability/logging';
import type { CountedPulls, PullFault } from '@quay-observability/redis-contracts';
import type { Written } from './statistics-store.ts';

/** What of a batch is worth a line: one for each batch and kind, however many keys there are. */
export type FlushLog = {
  invalid(events: readonly { readonly key: string; readonly fault: PullFault }[]): void;
  /** Pulls that are in no row. */
  dropped(written: Written, pulls: readonly CountedPulls[]): void;
  notRemoved(error: unknown): void;
};

const EXAMPLES = 3;
/** A key is of any length. */
const LONGEST_KEY = 300;

export function createFlushLog(log: Pick<Logger, 'warning' | 'error'>): FlushLog {
  return {
    invalid: (events) => {
      if (events.length === 0) return;
      log.warning('Invalid pull events are deleted.', {
        count: events.length,
        examples: events
          .slice(0, EXAMPLES)
          .map(({ key, fault }) => ({ key: key.slice(0, LONGEST_KEY), fault })),
      });
    },
    dropped: ({ unknownRepositories, refused }, pulls) => {
      if (unknownRepositories.size > 0)
        log.warning('Pulls of repositories that are not in the database are dropped.', {
          repositories: unknownRepositories.size,
          keys: pulls.filter(({ repositoryId }) => unknownRepositories.has(repositoryId)).length,
          examples: [...unknownRepositories].slice(0, EXAMPLES),
        });
      if (refused.length > 0)
        log.error('PostgreSQL refuses pulls for their values; they are dropped.', {
          rows: refused.length,
          examples: refused.slice(0, EXAMPLES).map(({ row, reason }) => ({
            ...row,
            count: String(row.count),
            sqlState: reason,
          })),
        });
    },
    notRemoved: (error) => {
      log.warning('A batch of pulls is written but still in Redis; it is removed at the next flush.', {
        error,
      });
    },
  };
}
