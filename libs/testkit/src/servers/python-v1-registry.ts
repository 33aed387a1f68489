import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { signalWholeGroup } from './process-group.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const ORACLE = join(import.meta.dirname, '../../../../tools/python-oracle/oracle');

/**
 * A registry that speaks protocol v1 with Quay's rules and statuses, kept in memory
 * (`tools/python-oracle/oracle/flask_v1_registry.py`): no registry that is still made speaks it.
 */
export async function startPythonV1Registry(options: ServerOptions = {}): Promise<Server> {
  const { python } = await pythonEnvironment('quay');
  const server = await startServer(
    {
      name: 'python-v1-registry',
      prepare: ({ port, dir }) => ({
        command: python,
        args: [
          // -B: no compiled files beside the sources.
          ...['-B', '-m', 'gunicorn', '--workers', '1', '--threads', '8', '--chdir', ORACLE],
          ...['--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', dir],
          'flask_v1_registry:application',
        ],
        // What it takes the converters from asks for the registry behind, which there is none.
        env: { PATH: process.env.PATH, UPSTREAM_URL: 'http://127.0.0.1:9' },
        ready: () => answersOk(`http://127.0.0.1:${port}/v1/_ping`),
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
