import { join } from 'node:path';
import {
  startPostgres,
  startPushgateway,
  startRedis,
  startRegistry,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';

/** The servers the apps stand on; what could not be had is undefined. */
export type BackingServers = {
  database: PostgresServer | undefined;
  redis: Server | undefined;
  registry: Server | undefined;
  pushgateway: Server | undefined;
};

/** Where things are told to the user. */
export type Tell = {
  ready(what: string, where: string, tookMs: number): void;
  leftOut(what: string, consequence: string, reason: string): void;
};

/**
 * Starts them side by side. What this machine does not have is left out with a notice that says what
 * that means and what to install.
 */
export async function startBackingServers(folder: string, tell: Tell): Promise<BackingServers> {
  const [database, redis, registry, pushgateway] = await Promise.all([
    orLeaveOut('PostgreSQL', 'most apps stay unready', tell, () =>
      startPostgres({ dir: join(folder, 'postgres'), schema: true }),
    ),
    orLeaveOut('Redis', 'most apps stay unready', tell, () => startRedis({ dir: join(folder, 'redis') })),
    orLeaveOut('registry', 'there is nothing to pull', tell, () =>
      startRegistry({ dir: join(folder, 'registry') }),
    ),
    orLeaveOut('Pushgateway', 'nothing can be pushed', tell, () =>
      startPushgateway({ dir: join(folder, 'pushgateway') }),
    ),
  ]);
  return { database, redis, registry, pushgateway };
}

/** Starts a server, or gives undefined and says why it is missing. */
export async function orLeaveOut<S extends Server>(
  what: string,
  consequence: string,
  tell: Tell,
  start: () => Promise<S>,
): Promise<S | undefined> {
  const startedMs = performance.now();
  try {
    const server = await start();
    tell.ready(what, 'uri' in server ? String(server.uri) : server.url, performance.now() - startedMs);
    return server;
  } catch (error) {
    tell.leftOut(what, consequence, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
