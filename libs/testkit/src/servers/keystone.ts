import { join } from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { answersOk, startServer, type Server, type ServerOptions } from './server.ts';

const SCRIPT = join(import.meta.dirname, '../../../../tools/python-oracle/oracle/keystone_identity.py');
/** It makes its tables first, migration by migration. */
const READY_TIMEOUT_MS = 180_000;

/** OpenStack's Keystone (API version 3) with the user `admin`. */
export async function startKeystone(options: ServerOptions & { password: string }): Promise<Server> {
  const { python } = await pythonEnvironment('keystone');
  return startServer(
    {
      name: 'keystone',
      prepare: ({ port, dir }) => ({
        command: python,
        args: ['-B', SCRIPT, String(port), dir, options.password],
        env: { PATH: process.env.PATH, HOME: dir },
        ready: () => answersOk(`http://127.0.0.1:${port}/v3`),
        readyTimeoutMs: READY_TIMEOUT_MS,
      }),
    },
    options,
  );
}
