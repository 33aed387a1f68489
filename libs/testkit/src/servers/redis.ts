import { connect } from 'node:net';
import { requireProgram } from '../find-program.ts';
import { startServer, type Server, type ServerOptions } from './server.ts';

/** A real Redis without persistence unless `persistent`; `url` is `redis://127.0.0.1:port`. */
export async function startRedis(
  options: ServerOptions & {
    password?: string;
    /** Keeps the data over `kill()` and `restart()`. */
    persistent?: boolean;
    /** Further arguments, e.g. `['--maxclients', '2']`. */
    args?: string[];
  } = {},
): Promise<Server> {
  return startServer(
    {
      name: 'redis',
      scheme: 'redis',
      prepare: ({ port, dir }) => ({
        command: requireProgram('redis-server'),
        args: [
          ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
          ...['--appendonly', options.persistent === true ? 'yes' : 'no', '--appendfsync', 'always'],
          ...(options.password === undefined ? [] : ['--requirepass', options.password]),
          ...(options.args ?? []),
        ],
        ready: () => ping(port),
      }),
    },
    options,
  );
}

/** Redis answers before it has loaded its data, and refuses strangers if it has a password. */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      const answer = data.toString();
      if (/^(\+PONG|-NOAUTH)/.test(answer)) resolve();
      else reject(new Error(answer.trim()));
    });
  });
}
