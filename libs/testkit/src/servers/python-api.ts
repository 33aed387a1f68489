import { join } from 'node:path';
import { AS_QUAY, startFlaskServer } from './flask-server.ts';
import { pythonRuntimeVariables, type PythonRuntimeOptions } from './python-runtime-options.ts';
import type { Server } from './server.ts';

const ROUTES = join(import.meta.dirname, '../../../registry-routes/src/data/quay-routes.json');

/**
 * The API of the Python runtime: Flask under gunicorn with Quay's versions, its rules of `/api` and their timing
 * (`tools/python-oracle/oracle/flask_api.py`, which tells how a request chooses its answer).
 */
export function startPythonApi(options: PythonRuntimeOptions = {}): Promise<Server> {
  return startFlaskServer(
    {
      name: 'python-api',
      module: 'flask_api',
      gunicorn: AS_QUAY,
      env: { ROUTES_FILE: ROUTES, ...pythonRuntimeVariables(options) },
      readyPath: '/metrics',
    },
    options,
  );
}
