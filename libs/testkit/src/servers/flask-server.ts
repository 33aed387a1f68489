import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { signalWholeGroup } from './process-group.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const ORACLE = join(import.meta.dirname, '../../../../tools/python-oracle/oracle');

/** gunicorn as Quay runs it: gevent, preloaded, tracing and pushing in the worker. */
export const AS_QUAY = ['--config', join(ORACLE, 'gunicorn_registry.py')] as const;

export type FlaskServerOptions = {
  /** For messages. */
  name: string;
  /** A module of `tools/python-oracle/oracle` with an `application`. */
  module: string;
  /** Arguments of gunicorn: its configuration. */
  gunicorn: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Answers 200 once the server is up. */
  readyPath: string;
};

/** Starts a Flask application of the oracle under gunicorn, with Quay's versions. */
export async function startFlaskServer(
  { name, module, gunicorn, env, readyPath }: FlaskServerOptions,
  options: ServerOptions,
): Promise<Server> {
  const { python } = await pythonEnvironment('quay');
  const server = await startServer(
    {
      name,
      prepare: ({ port, dir }) => ({
        command: python,
        args: [
          // -B: no compiled files beside the sources.
          ...['-B', '-m', 'gunicorn', ...gunicorn, '--chdir', ORACLE],
          ...['--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', dir],
          `${module}:application`,
        ],
        env: { PATH: process.env.PATH, ...env },
        ready: () => answersOk(`http://127.0.0.1:${port}${readyPath}`),
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
