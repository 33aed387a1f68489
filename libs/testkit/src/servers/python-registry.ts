import { AS_QUAY, startFlaskServer } from './flask-server.ts';
import { pythonRuntimeVariables, type PythonRuntimeOptions } from './python-runtime-options.ts';
import type { Server } from './server.ts';

export type PythonRegistryOptions = PythonRuntimeOptions & {
  /** The registry in the place of Quay's database and storage, e.g. of `startRegistry`. */
  upstreamUrl: string;
  /** What `GET /v2/_catalog` asks on the way; the answer's header `X-Api-Health` has the status. */
  apiHealthUrl?: string;
};

/**
 * The Python runtime: Flask under gunicorn with Quay's versions, routes, metrics and tracing
 * (`tools/python-oracle/oracle/flask_registry.py`), in front of a real registry. `/v2` only.
 *
 * skopeo tries TLS first, which gunicorn takes 2 s to refuse: put a proxy between them, as Quay does.
 */
export function startPythonRegistry(options: PythonRegistryOptions): Promise<Server> {
  const { upstreamUrl, apiHealthUrl } = options;
  return startFlaskServer(
    {
      name: 'python-registry',
      module: 'flask_registry',
      gunicorn: AS_QUAY,
      env: {
        UPSTREAM_URL: upstreamUrl,
        ...(apiHealthUrl === undefined ? {} : { API_HEALTH_URL: apiHealthUrl }),
        ...pythonRuntimeVariables(options),
      },
      readyPath: '/metrics',
    },
    options,
  );
}
