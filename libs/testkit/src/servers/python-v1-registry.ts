import { startFlaskServer } from './flask-server.ts';
import type { Server, ServerOptions } from './server.ts';

/**
 * A registry that speaks protocol v1 with Quay's rules and statuses, kept in memory
 * (`tools/python-oracle/oracle/flask_v1_registry.py`): no registry that is still made speaks it.
 */
export function startPythonV1Registry(options: ServerOptions = {}): Promise<Server> {
  return startFlaskServer(
    {
      name: 'python-v1-registry',
      module: 'flask_v1_registry',
      gunicorn: ['--workers', '1', '--threads', '8'],
      // What it takes the converters from asks for the registry behind, which there is none.
      env: { UPSTREAM_URL: 'http://127.0.0.1:9' },
      readyPath: '/v1/_ping',
    },
    options,
  );
}
