import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  nginxExample,
  startApp,
  startNginx,
  startOtlpReceiver,
  startPythonRegistry,
  startRedis,
  startRegistry,
  waitUntil,
  type NginxConfig,
  type OtlpReceiver,
} from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

const API_HEALTH = join(import.meta.dirname, '../../api-health');
const TRACE_LOG = 'traces.log';

type Stoppable = { stop(): Promise<void> };

/** The id and the flag "sampled" of a `traceparent`. */
export type SeenTrace = { traceId: string; sampled: boolean };

/** Client -> nginx -> registry-metrics -> nginx of Quay -> Flask -> api-health, each a real process. */
export type TraceChain = {
  /** Asks for the catalogue, which Python does not answer before it has asked api-health. */
  url: string;
  collector: OtlpReceiver;
  /** The trace of each request for the catalogue, as it arrived at Quay. */
  arrivedAtQuay(): SeenTrace[];
  /** Ends whatever makes spans; each delivers what it still has. */
  stopApps(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the chain; both runtimes keep this share of the traces. */
export async function startTraceChain(sampleRate: number): Promise<TraceChain> {
  const running: Stoppable[] = [];
  const apps: Stoppable[] = [];
  const started = async <S extends Stoppable>(list: Stoppable[], starting: Promise<S>): Promise<S> => {
    const server = await starting;
    list.push(server);
    return server;
  };
  const stopApps = async (): Promise<void> => {
    await Promise.all(apps.splice(0).map((app) => app.stop()));
  };
  const stop = async (): Promise<void> => {
    await stopApps();
    await Promise.all(running.splice(0).map((server) => server.stop()));
  };
  try {
    const collector = await started(running, startOtlpReceiver());
    const registry = await started(running, startRegistry());
    const otel = { endpoint: collector.url, sample_rate: sampleRate };
    const bsp = { OTEL_BSP_SCHEDULE_DELAY: '200' };
    const tracing = { FEATURE_OTEL_TRACING: 'true', OTEL_CONFIG: JSON.stringify(otel), ...bsp };
    const apiHealth = await started(apps, startApp(API_HEALTH, tracing));
    const python = await started(
      apps,
      startPythonRegistry({
        upstreamUrl: registry.url,
        // Python serves this path today; api-health, which answers 404 as yet, will.
        apiHealthUrl: `${apiHealth.adminUrl}/health/instance`,
        otel,
        // Not the probes of registry-metrics, which belong to no request.
        env: { ...bsp, OTEL_TRACING_EXCLUDED_URLS: '/v2/$' },
      }),
    );
    const quay = await started(running, startNginx({ config: quaysOwn(python.url) }));
    const redis = await started(running, startRedis());
    const registryMetrics = await started(
      apps,
      runApp(registry.url, {
        ...tracing,
        REGISTRY_PYTHON_UPSTREAM_URL: quay.url,
        USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
      }),
    );
    await waitUntil('registry-metrics to serve', async () => {
      return (await fetch(`${registryMetrics.adminUrl}/readyz`)).ok;
    });
    const nginx = await started(
      running,
      startNginx({
        config: nginxExample('registry-gateway.conf', { '127.0.0.1:8080': registryMetrics.url }),
      }),
    );
    return {
      url: `${nginx.url}/v2/_catalog`,
      collector,
      arrivedAtQuay: () => readTraces(join(quay.dir, TRACE_LOG)),
      stopApps,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readTraces(file: string): SeenTrace[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^00-(\w{32})-\w{16}-0([01])$/gm);
  return [...lines].map(([, traceId = '', flag]) => ({ traceId, sampled: flag === '1' }));
}

/** A server of Quay's container: nginx in front of gunicorn, with a log of the traces that arrive. */
function quaysOwn(pythonUrl: string): NginxConfig {
  return ({ port, dir }) => `
    log_format trace '$http_traceparent';
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass ${pythonUrl}; }
      location = /v2/_catalog {
        proxy_pass ${pythonUrl};
        access_log ${dir}/${TRACE_LOG} trace;
      }
    }`;
}
