import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { RedisConnection } from '@quay-observability/redis';
import {
  createProblemLog,
  createPublicServer,
  Router,
  type HttpListener,
  type HttpObserver,
  type OwnerSwitches,
  type SwitchSource,
} from '@quay-observability/service';
import { addChangeRoutes } from './api/change-routes.ts';
import { addReadRoutes } from './api/read-routes.ts';
import { addSnapshotRoutes } from './api/snapshot-routes.ts';
import type { AdminToken } from './auth/admin-tokens.ts';
import { createAuthorize } from './auth/authorize.ts';
import type { Board } from './board.ts';
import { createChangeAudit } from './changes/audit-changes.ts';
import type { ControllerSettings } from './config.ts';
import { createConsoleHandler } from './console/index.ts';
import { createAskOwner } from './decision/ask-owner.ts';
import { bindControllerMetrics } from './metrics.ts';
import { createProcessRegister } from './processes/process-register.ts';
import { PROCESS_LIMITS } from './processes/process-room.ts';
import { createProcessStore } from './processes/process-store.ts';
import { createProcessSharing } from './processes/share-processes.ts';
import { createRateSource } from './rates.ts';
import { createSelfSource } from './self-source.ts';
import type { SnapshotFeed } from './store/snapshot-feed.ts';
import { createWaitingPolls } from './waiting-polls.ts';

export type ControllerOptions = {
  readonly settings: ControllerSettings;
  readonly library: QuayConfig['library'];
  readonly tokens: readonly AdminToken[];
  readonly board: Board;
  readonly feed: SnapshotFeed;
  readonly redis: RedisConnection;
  readonly metrics: Metrics<'switch-controller'>;
  readonly publicHttp: HttpObserver;
  readonly follow: (source: SwitchSource) => OwnerSwitches;
  readonly pid: number;
  readonly log: Logger;
};

/** The switch controller, complete. Nothing is opened before `start`. */
export type Controller = {
  start: () => Promise<void>;
  /** Answers the polls that are held, finishes what is under way. */
  stop: () => Promise<void>;
  url: HttpListener['url'];
};

/** Composes the store, the processes and the API. */
export function createController(options: ControllerOptions): Controller {
  const { settings, library, tokens, board, feed, redis, pid, log } = options;
  const register = createProcessRegister({
    onFull: () => log.warning('More processes poll than are kept; some are not shown.', PROCESS_LIMITS),
  });
  const waiting = createWaitingPolls();
  // Its own, so that no crowd of clients keeps the controller from following itself.
  const ownWaiting = createWaitingPolls(1);
  board.onChange(waiting.wake);
  board.onChange(ownWaiting.wake);
  const metrics = bindControllerMetrics(options.metrics, board, register);
  const sharing = createProcessSharing({
    register,
    store: createProcessStore(redis),
    publishedAtMs: board.publishedAtMs,
    observe: metrics.propagated,
    tell: createProblemLog(
      log,
      'What the other replicas know of the processes cannot be read from Redis.',
      'What the other replicas know of the processes is read from Redis again.',
    ),
  });
  const switches = options.follow(createSelfSource({ board, feed, register, waiting: ownWaiting, pid }));
  // One router for all: each answers OPTIONS by itself, for the routes it has.
  const router = Router();
  addReadRoutes(router, {
    board,
    feed,
    register,
    rates: createRateSource(settings.prometheusUrl),
    askOwner: createAskOwner(switches, library),
    library,
  });
  addChangeRoutes(router, {
    board,
    feed,
    authorize: createAuthorize(tokens),
    audit: createChangeAudit(log.child('audit')),
    count: metrics.changed,
    refusal:
      settings.store === 'file' ? `Owners are changed in ${feed.truth}, with a higher version.` : undefined,
  });
  addSnapshotRoutes(router, { board, feed, register, waiting });
  const server = createPublicServer({
    host: settings.listenHost,
    port: settings.listenPort,
    maxConnections: settings.maxConnections,
    observer: options.publicHttp,
    handlers: [router, createConsoleHandler()],
    onError: (message, error) => log.error(message, { error }),
  });
  return {
    start: async () => {
      await Promise.all([feed.start(), sharing.start()]);
      await server.listen();
    },
    stop: async () => {
      waiting.close();
      await server.close();
      await sharing.stop();
      await feed.stop();
    },
    url: server.url,
  };
}
