import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { signalWholeGroup } from './process-group.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const ORACLE = join(import.meta.dirname, '../../../../tools/python-oracle/oracle');

export type PythonRegistryOptions = ServerOptions & {
  /** The registry in the place of Quay's database and storage, e.g. of `startRegistry`. */
  upstreamUrl: string;
  /** What `GET /v2/_catalog` asks on the way; the answer's header `X-Api-Health` has the status. */
  apiHealthUrl?: string;
  /** Tracing is on with this `OTEL_CONFIG`, and off without. */
  otel?: { endpoint: string; sample_rate?: number; service_name?: string };
  /** Where it pushes its metrics, as Quay does; `/metrics` shows them too. */
  pushgatewayUrl?: string;
  /** Further variables, e.g. `TRACKED_NAMESPACES` as JSON. */
  env?: Readonly<Record<string, string>>;
  /** Processes that serve; one unless told. Each has metrics of its own. */
  workers?: number;
};

/**
 * The Python runtime: Flask under gunicorn with Quay's versions, routes, metrics and tracing
 * (`tools/python-oracle/oracle/flask_registry.py`), in front of a real registry. `/v2` only.
 *
 * skopeo tries TLS first, which gunicorn takes 2 s to refuse: put a proxy between them, as Quay does.
 */
export async function startPythonRegistry(options: PythonRegistryOptions): Promise<Server> {
  const { python } = await pythonEnvironment('quay');
  const { otel } = options;
  const server = await startServer(
    {
      name: 'python-registry',
      prepare: ({ port, dir }) => ({
        command: python,
        args: [
          // -B: no compiled files beside the sources.
          ...['-B', '-m', 'gunicorn'],
          ...['--config', join(ORACLE, 'gunicorn_registry.py'), '--chdir', ORACLE],
          ...['--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', dir],
          'flask_registry:application',
        ],
        env: {
          PATH: process.env.PATH,
          UPSTREAM_URL: options.upstreamUrl,
          WORKERS: String(options.workers ?? 1),
          ...(options.apiHealthUrl === undefined ? {} : { API_HEALTH_URL: options.apiHealthUrl }),
          ...(options.pushgatewayUrl === undefined
            ? {}
            : { PROMETHEUS_PUSHGATEWAY_URL: options.pushgatewayUrl, PROMETHEUS_PUSH_INTERVAL_SECONDS: '1' }),
          ...(otel === undefined ? {} : { FEATURE_OTEL_TRACING: 'true', OTEL_CONFIG: JSON.stringify(otel) }),
          ...options.env,
        },
        ready: () => answersOk(`http://127.0.0.1:${port}/metrics`),
      }),
    },
    options,
  );
  // Not spread: `pid` is a getter that has to stay one.
  return Object.defineProperties({} as Server, {
    ...Object.getOwnPropertyDescriptors(server),
    ...Object.getOwnPropertyDescriptors(signalWholeGroup(server)),
  });
}
