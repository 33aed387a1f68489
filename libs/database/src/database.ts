import type { Knex } from 'knex';
import type { FALLBACK_REASONS, ROUTING_REASONS } from '@quay-observability/metric-catalogue';
import type { DatabaseServerSettings } from '@quay-observability/quay-config';

/** The query builder that the work of a caller gets: knex, or one of its transactions. */
export type Queries = Knex;

export type DatabaseTarget = 'primary' | 'replica';
export type RoutingReason = (typeof ROUTING_REASONS)[number];
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

/** PostgreSQL behind a bounded pool per server, with read replicas (contract sections 9 and 14). */
export type Database = {
  /**
   * Runs reads. With `allowReplica` they may go to a replica that lags; if that replica fails they are
   * repeated, once, on the primary, so `work` must be repeatable. Inside {@link Database.transaction}
   * they run in that transaction.
   *
   * @throws DatabaseError if the server cannot be reached or does not answer. Errors that PostgreSQL
   * reports about the statement itself pass as they are (class `DatabaseError` of pg, with `code`).
   */
  read<T>(work: (queries: Queries) => Promise<T>, options?: { readonly allowReplica?: boolean }): Promise<T>;
  /** Runs writes, always on the primary. */
  write<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction on the primary; a nested one is a savepoint. Throwing rolls back. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Every read that starts within `work` goes to the primary. */
  withoutReplicas<T>(work: () => Promise<T>): Promise<T>;
  /** The connections of all pools at this moment (contract section 9). */
  poolState(): PoolState;
  /** Resolves if the primary answers a query within the time; a connection that does not is thrown away. */
  ping(timeoutMs: number): Promise<void>;
  /** Refuses new work, waits up to `graceMs` (5000) for running work, then cuts the connections. */
  close(graceMs?: number): Promise<void>;
};

export type PoolState = {
  /** Connections that callers hold. */
  readonly inUse: number;
  /** Connections that are idle and work. */
  readonly available: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
};

/** What a service is told, to count and to log. Every part is optional; none may throw. */
export type DatabaseObserver = {
  /** A caller got a connection after this wait. */
  acquired?(target: DatabaseTarget, waitSeconds: number): void;
  /** A caller waited in vain. */
  acquireFailed?(target: DatabaseTarget, waitSeconds: number): void;
  /** A caller gave a connection back. */
  released?(target: DatabaseTarget): void;
  /** Where a read, write or transaction went, and why. */
  routed?(target: DatabaseTarget, reason: RoutingReason): void;
  /** A read failed on a replica and is repeated on the primary. */
  fellBack?(reason: FallbackReason): void;
  /** Something to log; once per change of state, not once per failure. Free of credentials. */
  onProblem?(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** A server of which a problem was reported works again. */
  onRecovery?(message: string, fields: Readonly<Record<string, unknown>>): void;
};

export type DatabaseOptions = {
  readonly primary: DatabaseServerSettings;
  readonly replicas?: readonly DatabaseServerSettings[];
  /** Shown in `pg_stat_activity`, unless the settings name one. */
  readonly applicationName: string;
  readonly pool?: Partial<PoolOptions>;
  /** How long a failed replica is left alone; 30 s unless told. */
  readonly quarantineMs?: number;
  readonly observer?: DatabaseObserver;
};

/** Limits of the pool of one server. */
export type PoolOptions = {
  /** Connections at most; 10, or `max_connections` of `DB_CONNECTION_ARGS`. */
  readonly maxConnections: number;
  /** How long a caller waits for a connection, a new one included; 5000. */
  readonly acquireTimeoutMs: number;
  /** How long making a connection may take, at most `acquireTimeoutMs`; 3000, or `connect_timeout`. */
  readonly connectTimeoutMs: number;
  /** After this PostgreSQL cancels a statement; 30000. 0 sets no limit. */
  readonly statementTimeoutMs: number;
  /** An idle connection is closed after this; 30000. */
  readonly idleTimeoutMs: number;
};
