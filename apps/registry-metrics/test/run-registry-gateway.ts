import { PassThrough } from 'node:stream';
import { createLogger } from '@quay-observability/logging';
import { createMetrics } from '@quay-observability/metrics';
import { createNamespaceLabels } from '@quay-observability/owner-gateway';
import { readSettings } from '@quay-observability/quay-config';
import { registryLabelValues } from '@quay-observability/registry-counting';
import { registrySettings } from '../src/config.ts';
import { createRegistryGateway, type RegistryGatewayOptions } from '../src/create-registry-gateway.ts';
import { parseSamples, type Samples } from './samples.ts';

export type RunningRegistryGateway = {
  url: string;
  samples(prefix?: string): Promise<Samples>;
  close(): Promise<void>;
};

/** The registry gateway in this process, with real metrics, on a free port. */
export async function runRegistryGateway(
  upstreamUrl: string,
  options: Partial<Pick<RegistryGatewayOptions, 'database' | 'startSpan'>> & {
    namespaceBuckets?: ReadonlyMap<string, string>;
    env?: Record<string, string>;
  } = {},
): Promise<RunningRegistryGateway> {
  const metrics = createMetrics({
    app: 'registry-metrics',
    runtimeMetrics: false,
    known: registryLabelValues(),
  });
  const log = createLogger({ name: 'test', json: true, debug: true, stream: new PassThrough().resume() });
  const settings = readSettings(
    { REGISTRY_UPSTREAM_URL: upstreamUrl, LISTEN_PORT: '0', ...options.env },
    registrySettings,
  );
  const namespaceLabels = createNamespaceLabels({
    source: settings.namespaceLabel,
    library: { namespace: 'library', enabled: true },
    maxBuckets: settings.maxNamespaceBuckets,
    metrics,
    log,
  });
  namespaceLabels.track(options.namespaceBuckets ?? new Map());
  const gateway = createRegistryGateway({
    settings,
    namespaceLabels,
    metrics,
    log,
    database: options.database,
    routeBy: undefined,
    requestArrived: () => () => undefined,
    pullTracking: undefined,
    ...(options.startSpan === undefined ? {} : { startSpan: options.startSpan }),
  });
  await gateway.listen();
  return {
    url: gateway.url(),
    samples: async (prefix = 'quay_') => {
      const { body } = await metrics.exposition();
      return parseSamples(body.toString(), prefix);
    },
    close: async () => {
      await gateway.close();
      log.close();
    },
  };
}
