import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { signalWholeGroup } from './process-group.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const ORACLE = join(import.meta.dirname, '../../../../tools/python-oracle/oracle');

export type PythonHealthOptions = ServerOptions & {
  /** Keys of Quay's configuration. */
  config: Readonly<Record<string, unknown>>;
  registryPingUrl: string;
  webPingUrl: string;
  /** What Quay reads from its file `ALEMBIC_HEAD`. */
  databaseRevision: string;
};

/**
 * The health endpoints of the Python runtime: Flask under gunicorn with Quay's versions
 * (`tools/python-oracle/oracle/flask_health.py`).
 */
export async function startPythonHealth(options: PythonHealthOptions): Promise<Server> {
  const { python } = await pythonEnvironment('quay');
  const server = await startServer(
    {
      name: 'python-health',
      prepare: ({ port, dir }) => ({
        command: python,
        args: [
          // -B: no compiled files beside the sources.
          ...['-B', '-m', 'gunicorn', '--workers', '1', '--threads', '16', '--pythonpath', ORACLE],
          ...['--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', dir, '--timeout', '120'],
          'flask_health:application',
        ],
        env: {
          PATH: process.env.PATH,
          HEALTH_CONFIG: JSON.stringify(options.config),
          HEALTH_REGISTRY_PING_URL: options.registryPingUrl,
          HEALTH_WEB_PING_URL: options.webPingUrl,
          HEALTH_DB_REVISION: options.databaseRevision,
        },
        ready: () => answersOk(`http://127.0.0.1:${port}/oracle/up`),
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
