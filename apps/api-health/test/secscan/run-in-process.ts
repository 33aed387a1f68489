import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createDatabase } from '@quay-observability/database';
import { createLogger } from '@quay-observability/logging';
import { createMetrics } from '@quay-observability/metrics';
import { readSettings } from '@quay-observability/quay-config';
import { createRedis } from '@quay-observability/redis';
import type { RouteOwner, RouteQuestion } from '@quay-observability/owner-switch';
import {
  createSecscanGateway,
  type SecscanGatewayOptions,
} from '../../src/secscan/create-secscan-gateway.ts';
import { planSecscan, secscanSettings } from '../../src/secscan/secscan-settings.ts';
import { parseSamples, type Samples } from './samples.ts';

/** The gateway in this process, which can be looked at when it has been closed. */
export async function runInProcess(
  clairUrl: string,
  {
    postgres,
    redis,
    env,
    fastPath = true,
    ownerOf = () => 'go',
    startSpan,
  }: {
    postgres: { uri: string };
    redis: { port: number };
    env?: Record<string, string>;
    fastPath?: boolean;
    /** What the switches say; `go` unless told. */
    ownerOf?: (question: RouteQuestion) => RouteOwner;
    startSpan?: SecscanGatewayOptions['startSpan'];
  },
) {
  const metrics = createMetrics({ app: 'api-health', runtimeMetrics: false });
  const stream = new PassThrough();
  const logged = text(stream);
  const log = createLogger({ name: 'test', json: true, debug: false, stream });
  const settings = readSettings(
    { SECSCAN_LISTEN_PORT: '0', SECSCAN_UPSTREAM_URL: clairUrl, ...env },
    secscanSettings,
  );
  const plan = planSecscan(settings, { psk: undefined });
  if (plan === undefined) throw new Error('there is no listener');
  const database = createDatabase({
    primary: { uri: postgres.uri, connectionArgs: {} },
    applicationName: 'test',
  });
  const connection = createRedis({
    settings: { host: '127.0.0.1', port: redis.port, db: 0, connectTimeoutMs: 5000, commandTimeoutMs: 5000 },
    name: 'test',
  });
  await connection.whenReady(5000);
  const gateway = createSecscanGateway({
    plan,
    settings,
    fastPath,
    metrics,
    log,
    database,
    redis: connection,
    switches: {
      route: (question) => ({
        owner: ownerOf(question),
        source: 'capability',
        capability: 'SECSCAN',
        switchName: 'ROUTE_OWNER_CAP_SECSCAN',
      }),
    },
    ...(startSpan && { startSpan }),
    requestArrived: () => () => undefined,
  });
  await gateway.listen();
  return {
    url: gateway.url(),
    close: gateway.close,
    samples: async (): Promise<Samples> => {
      const { body } = await metrics.exposition();
      return parseSamples(body.toString(), 'quay_secscan_');
    },
    dispose: async (): Promise<string> => {
      await Promise.all([database.close(), connection.close()]);
      log.close();
      stream.end();
      return logged;
    },
  };
}
