import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { RedisConnection } from '@quay-observability/redis';
import type { NamedPull } from '@quay-observability/registry-counting';
import {
  allowOnly,
  createPublicServer,
  HttpProblem,
  jsonBodyUpTo,
  requireBearer,
  Router,
  type HttpListener,
  type HttpObserver,
} from '@quay-observability/service';
import type { LibrarySettings } from '@quay-observability/registry-routes';
import { createEventClaims } from './event-claims.ts';
import { createEventMemory } from './event-memory.ts';
import { createNotificationLog } from './notification-log.ts';
import { bindNotificationMetrics } from './notification-metrics.ts';
import type { NotificationSettings } from './notification-settings.ts';
import { createReceiveEnvelope, type ReceiveEnvelope } from './receive-envelope.ts';

export type NotificationsOptions = {
  settings: NotificationSettings;
  library: LibrarySettings;
  metrics: Metrics<'registry-metrics'>;
  observer: HttpObserver;
  /** In which the replicas agree on who counts an event; it works without. */
  redis: RedisConnection;
  log: Logger;
  /** Told of each pull of a manifest that is counted; nothing waits for it. */
  trackPull?: (pull: NamedPull) => void;
};

const PATH = '/notifications';
/** Versions 2 and 3 of distribution, in this order; and what a person or another registry may send. */
const MEDIA_TYPES = [
  'application/vnd.docker.distribution.events.v1+json',
  'application/vnd.docker.distribution.events.v2+json',
  'application/json',
] as const;
/** Each may hold an envelope in memory. A registry has one connection at a time. */
const MAX_CONNECTIONS = 64;
/** A replica that starts should know from the first event on what the others have counted. */
const REDIS_START_MS = 1000;

/**
 * The listener that takes the events of registries that are not behind the gateway: `POST /notifications` with the
 * envelope of CNCF distribution. 200 means that all of it is counted; a registry sends it again until then.
 */
export function createNotifications(options: NotificationsOptions): HttpListener {
  const { settings, metrics, redis, log } = options;
  const bound = bindNotificationMetrics(metrics);
  const notificationLog = createNotificationLog(log);
  const receive = createReceiveEnvelope({
    claims: createEventClaims({
      memory: createEventMemory({
        maxEvents: settings.notificationsRememberedEvents,
        ageMs: settings.notificationsRememberSeconds * 1000,
      }),
      redis,
      rememberSeconds: settings.notificationsRememberSeconds,
      unshared: (events) => {
        bound.unshared.inc({}, events);
      },
      onRedisChange: (error) => {
        notificationLog.redisChanged(error);
      },
    }),
    metrics: bound,
    library: options.library,
    maxEvents: settings.notificationsMaxEvents,
    trackPull: options.trackPull,
    onTrackFailed: (error) => {
      log.error('A pull that an event told of could not be tracked.', { error });
    },
    onInvalid: (events, problem) => {
      notificationLog.invalid(events, problem);
    },
  });
  const server = createPublicServer({
    host: settings.notificationsHost,
    port: settings.notificationsPort ?? 0,
    listener: {
      name: 'notifications',
      settings: { host: 'NOTIFICATIONS_LISTEN_HOST', port: 'NOTIFICATIONS_LISTEN_PORT' },
    },
    maxConnections: MAX_CONNECTIONS,
    observer: options.observer,
    handlers: [notificationRoutes(settings, receive)],
    onError: (message, error) => {
      log.error(message, { error });
    },
  });
  return {
    ...server,
    listen: async () => {
      await redis.whenReady(REDIS_START_MS).catch(() => undefined);
      await server.listen();
      log.info('Events of registries are counted; none of those registries may be behind this gateway.', {
        url: `${server.url()}${PATH}`,
      });
    },
  };
}

function notificationRoutes(settings: NotificationSettings, receive: ReceiveEnvelope) {
  const router = Router();
  router.post(
    PATH,
    requireBearer({
      tokens: settings.notificationsTokens,
      realm: 'notifications',
      setting: 'NOTIFICATIONS_TOKENS',
    }),
    ...jsonBodyUpTo(settings.notificationsMaxBodyBytes, ...MEDIA_TYPES),
    async (request, response) => {
      const result = await receive(request.body);
      if (result.pending === 0) return void response.json(result);
      const message = 'Some events are being counted by another request; send them again.';
      throw new HttpProblem(503, 'EVENTS_PENDING', message, {
        details: result,
        headers: { 'Retry-After': '1' },
      });
    },
  );
  router.all(PATH, allowOnly('POST'));
  return router;
}
