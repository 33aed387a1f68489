export { cancellableReads } from './cancellable-reads.ts';
export type {
  Database,
  DatabaseObserver,
  DatabaseOptions,
  DatabaseTarget,
  FallbackReason,
  PoolOptions,
  PoolState,
  Queries,
  RoutingReason,
} from './database.ts';
export { createDatabase } from './create-database.ts';
export { DatabaseError } from './database-error.ts';
export { queryOnce } from './query-once.ts';
export type { QueryOnceOptions } from './query-once.ts';
