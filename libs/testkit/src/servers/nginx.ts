import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { requireProgram } from '../find-program.ts';
import { waitUntil } from '../wait-until.ts';
import { signalWholeGroup } from './process-group.ts';
import { startServer, type Server, type ServerOptions } from './server.ts';

/** What stands between `http {` and `}`; one `server` of it listens on 127.0.0.1 and this port. */
export type NginxConfig = (place: { port: number; dir: string }) => string;

/** `reload` brings a new configuration into force while it runs, without losing a connection. */
export type NginxServer = Server & { reload(config: NginxConfig): Promise<void> };

/**
 * A real nginx with one worker. Everything it writes is in its folder; its error log, at `notice`, is
 * `log()`; there is no access log unless `config` asks for one. Signals reach the worker too, so that a
 * frozen or killed one serves nobody.
 *
 * Throws with nginx's own words if it refuses the configuration.
 */
export async function startNginx(options: ServerOptions & { config: NginxConfig }): Promise<NginxServer> {
  let { config } = options;
  const file = (dir: string): string => join(dir, 'nginx.conf');
  const write = (place: { port: number; dir: string }): void => {
    writeFileSync(file(place.dir), wholeConfig(place.dir, config(place)));
  };
  const server = await startServer(
    {
      name: 'nginx',
      prepare: ({ port, dir }) => {
        write({ port, dir });
        return {
          command: requireProgram('nginx'),
          args: ['-p', dir, '-c', file(dir), '-e', 'stderr'],
          ready: () => acceptsConnections(port),
        };
      },
    },
    options,
  );

  const own: Pick<NginxServer, 'signal' | 'kill' | 'stop' | 'reload'> = {
    ...signalWholeGroup(server),
    reload: async (newConfig) => {
      config = newConfig;
      write(server);
      const before = server.log().length;
      process.kill(server.pid, 'SIGHUP');
      // The worker before says so when it has stopped listening, and only then is the new one alone.
      const outcome = await waitUntil('nginx to take the new configuration', () =>
        /\[emerg\].*|gracefully shutting down/.exec(server.log().slice(before))?.at(0),
      );
      if (outcome.startsWith('[emerg]')) throw new Error(`nginx refused the configuration: ${outcome}`);
    },
  };
  // Not spread: `pid` is a getter that has to stay one.
  return Object.defineProperties({} as NginxServer, {
    ...Object.getOwnPropertyDescriptors(server),
    ...Object.getOwnPropertyDescriptors(own),
  });
}

function wholeConfig(dir: string, http: string): string {
  // The worker must be able to read what the master's user may: as root it would become `nobody`.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `${user}
daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${dir}/${name};`).join('\n')}
${http}
}
`;
}

/** A connection, not a request: the configuration may send every request to another server. */
function acceptsConnections(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(1000, () => socket.destroy(new Error('no connection')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
