import type { ServerOptions } from './server.ts';

/** What can be told to any server that stands for Quay's Python runtime. */
export type PythonRuntimeOptions = ServerOptions & {
  /** Tracing is on with this `OTEL_CONFIG`, and off without. */
  otel?: { endpoint: string; sample_rate?: number; service_name?: string };
  /** Where it pushes its metrics, as Quay does; `/metrics` shows them too. */
  pushgatewayUrl?: string;
  /** Further variables, e.g. `TRACKED_NAMESPACES` as JSON. */
  env?: Readonly<Record<string, string>>;
  /** Processes that serve; one unless told. Each has metrics of its own. */
  workers?: number;
};

/** The variables that say so. */
export function pythonRuntimeVariables(options: PythonRuntimeOptions): Record<string, string> {
  const { otel, pushgatewayUrl, env, workers = 1 } = options;
  return {
    WORKERS: String(workers),
    ...(pushgatewayUrl === undefined
      ? {}
      : { PROMETHEUS_PUSHGATEWAY_URL: pushgatewayUrl, PROMETHEUS_PUSH_INTERVAL_SECONDS: '1' }),
    ...(otel === undefined ? {} : { FEATURE_OTEL_TRACING: 'true', OTEL_CONFIG: JSON.stringify(otel) }),
    ...env,
  };
}
