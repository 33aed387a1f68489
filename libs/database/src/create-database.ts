import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';
import pg from 'pg';
import type { Database, DatabaseOptions, DatabaseTarget, PoolState, Queries } from './database.ts';
import { DatabaseError } from './database-error.ts';
import { createReplicaSet } from './replica-set.ts';
import { createServer, type DatabaseServer } from './server.ts';
import { parseAllServerSettings, type ServerSettings } from './server-settings.ts';

/** What the work that runs at this moment is part of. */
type Scope = { readonly transaction?: Knex.Transaction; readonly replicasForbidden?: boolean };

/**
 * Prepares the pools; connections are made when they are needed, and made anew when they break.
 *
 * @throws CodedError `DATABASE_UNSUPPORTED` or `DATABASE_URL_INVALID`, at once and for all servers.
 */
export function createDatabase(options: DatabaseOptions): Database {
  // A Date is written as UTC, as the columns without zone want it; pg knows this switch only globally.
  pg.defaults.parseInputDatesAsUTC = true;
  const { observer = {}, quarantineMs = 30_000 } = options;
  const server = (target: DatabaseTarget, role: string, settings: ServerSettings): DatabaseServer =>
    createServer({
      target,
      role,
      settings,
      observer,
      applicationName: options.applicationName,
      limits: options.pool ?? {},
    });
  const [primarySettings, ...replicaSettings] = parseAllServerSettings([
    options.primary,
    ...(options.replicas ?? []),
  ]);
  const primary = server('primary', 'primary', primarySettings);
  const replicas = replicaSettings.map((settings, index) =>
    server('replica', `replica ${index + 1}`, settings),
  );
  const servers = [primary, ...replicas];
  const replicaSet = createReplicaSet(replicas, { quarantineMs });
  const scopes = new AsyncLocalStorage<Scope>();

  const currentTransaction = (): Knex.Transaction | undefined => {
    const transaction = scopes.getStore()?.transaction;
    // Work that was started in a transaction may outlive it.
    return transaction?.isCompleted() === true ? undefined : transaction;
  };
  const onPrimary = <T>(work: (queries: Queries) => Promise<T>): Promise<T> =>
    primary.run(() => work(currentTransaction() ?? primary.knex));

  /** The replica for a read, or why it goes to the primary instead. */
  const route = (allowReplica: boolean) => {
    if (replicaSet.size === 0) return 'no_replica_configured';
    if (currentTransaction() !== undefined) return 'transaction';
    if (!allowReplica || scopes.getStore()?.replicasForbidden === true) return 'bypassed';
    return replicaSet.pick() ?? 'none_available';
  };

  const readOnReplica = async <T>(
    replica: DatabaseServer,
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> => {
    observer.routed?.('replica', 'replica_selected');
    try {
      return await replica.run(() => work(replica.knex));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (error.serverFailed) replicaSet.quarantine(replica);
      observer.fellBack?.(error.reason);
      observer.routed?.('primary', 'fallback_after_error');
      return onPrimary(work);
    }
  };

  return {
    read: async (work, { allowReplica = false } = {}) => {
      const routed = route(allowReplica);
      if (typeof routed !== 'string') return readOnReplica(routed, work);
      observer.routed?.('primary', routed);
      return onPrimary(work);
    },
    write: async (work) => {
      observer.routed?.('primary', 'write');
      return onPrimary(work);
    },
    transaction: async (work) => {
      observer.routed?.('primary', 'transaction');
      return onPrimary((queries) =>
        queries.transaction((transaction) =>
          scopes.run({ ...scopes.getStore(), transaction }, () => work(transaction)),
        ),
      );
    },
    withoutReplicas: (work) => scopes.run({ ...scopes.getStore(), replicasForbidden: true }, work),
    poolState: () => servers.map(({ pool }) => pool.state()).reduce(addStates),
    ping: (timeoutMs) => primary.ping(timeoutMs),
    close: async (graceMs = 5000) => {
      await Promise.all(servers.map((each) => each.close(graceMs)));
    },
  };
}

function addStates(a: PoolState, b: PoolState): PoolState {
  return { inUse: a.inUse + b.inUse, available: a.available + b.available, waiting: a.waiting + b.waiting };
}
