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
