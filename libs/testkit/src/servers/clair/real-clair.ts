import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../free-port.ts';
import { answersOk, startServer, type Server, type ServerOptions } from '../server.ts';

export type RealClairOptions = ServerOptions & {
  /** The program of github.com/quay/clair/v4/cmd/clair. */
  program: string;
  /** A database of its own: its tables have names of Quay's. */
  database: { port: number; user: string; password: string; name: string };
  /** `auth.psk`, base64; tokens of `quay` are let in. */
  psk: string;
};

/** Clair itself, indexer, matcher and notifier in one, without updaters: it asks nobody for vulnerabilities. */
export async function startRealClair(options: RealClairOptions): Promise<Server> {
  const { port, user, password, name } = options.database;
  const connstring = `host=127.0.0.1 port=${port} user=${user} password=${password} dbname=${name} sslmode=disable`;
  const introspectionPort = await freePort();
  return startServer(
    {
      name: 'clair',
      prepare: ({ port: listenPort, dir }) => {
        const url = `http://127.0.0.1:${listenPort}/`;
        const shared = { connstring, migrations: true };
        const config = join(dir, 'clair.yaml');
        // Two scanners would fetch these from the internet.
        const mapping = join(dir, 'mapping.json');
        writeFileSync(mapping, '{"data":{}}');
        const scanner = {
          repo: { 'rhel-repository-scanner': { repo2cpe_mapping_file: mapping } },
          package: { rhel_containerscanner: { name2repos_mapping_file: mapping } },
        };
        // YAML is a superset of JSON.
        writeFileSync(
          config,
          JSON.stringify({
            http_listen_addr: `127.0.0.1:${listenPort}`,
            introspection_addr: `127.0.0.1:${introspectionPort}`,
            log_level: 'info',
            indexer: { ...shared, scanlock_retry: 1, layer_scan_concurrency: 2, scanner },
            matcher: { ...shared, indexer_addr: url, disable_updaters: true },
            notifier: {
              ...shared,
              indexer_addr: url,
              matcher_addr: url,
              poll_interval: '1h',
              delivery_interval: '1h',
              webhook: { target: url, callback: `${url}notifier/api/v1/notification/` },
            },
            auth: { psk: { key: options.psk, iss: ['quay'] } },
          }),
        );
        return {
          command: options.program,
          args: ['-conf', config, '-mode', 'combo'],
          env: { PATH: process.env.PATH, HOME: dir, TMPDIR: dir },
          ready: () => answersOk(`http://127.0.0.1:${introspectionPort}/readyz`),
        };
      },
    },
    options,
  );
}
