import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { createTableStatements, seedStatements } from '@quay-observability/quay-schema';
import { findPostgres, type PostgresPrograms } from './postgres-programs.ts';
import { startServer, type Server, type ServerOptions } from './server.ts';

const USER = 'quay';
const PASSWORD = 'quay';
const DATABASE = 'quay';

/** A real PostgreSQL; `uri` is what goes into Quay's `DB_URI`. */
export type PostgresServer = Server & {
  /** `postgresql://quay:quay@127.0.0.1:port/quay` */
  readonly uri: string;
  /** Runs statements on a connection of its own and returns the rows of the last one. */
  query<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
};

/**
 * Starts PostgreSQL over TCP, with a password, and with an empty database `quay`; `schema` also creates
 * Quay's tables and the rows of its lookup tables. Nothing is synced to disk: data survives `kill()`,
 * not a power cut.
 */
export async function startPostgres(
  options: ServerOptions & {
    schema?: boolean;
    /** Settings, e.g. `{ max_connections: '5' }`. */
    settings?: Record<string, string>;
  } = {},
): Promise<PostgresServer> {
  const programs = findPostgres();
  const server = await startServer(
    {
      name: 'postgres',
      scheme: 'postgresql',
      prepare: async ({ port, dir }) => {
        await initialise(programs, dir);
        return {
          command: join(programs.bin, 'postgres'),
          args: [
            '-D',
            join(dir, 'data'),
            ...settingArguments({ ...SETTINGS, port: String(port), ...options.settings }),
          ],
          env: { ...process.env, LC_ALL: 'C' },
          ...programs.runAs,
          stopSignal: 'SIGINT',
          // The last processes of a killed server need a moment to notice.
          retryWhenLogged: /still in use|another server might be running/,
          ready: () => withClient(port, 'postgres', (client) => client.query('SELECT 1')),
        };
      },
    },
    options,
  );
  try {
    await createDatabase(server.port);
    if (options.schema === true) await createSchema(server.port);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const more = {
    uri: `postgresql://${USER}:${PASSWORD}@127.0.0.1:${server.port}/${DATABASE}`,
    query: <Row extends Record<string, unknown>>(sql: string, values?: unknown[]) =>
      withClient(server.port, DATABASE, async (client) => (await client.query<Row>(sql, values)).rows),
  };
  // Not spread: `pid` is a getter that has to stay one.
  return Object.defineProperties(more as PostgresServer, Object.getOwnPropertyDescriptors(server));
}

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // In the data folder, so that a killed server leaves nothing in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
  shared_buffers: '32MB',
  max_connections: '200',
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
  log_min_messages: 'warning',
};

function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function initialise(programs: PostgresPrograms, dir: string): Promise<void> {
  const data = join(dir, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const passwordFile = join(dir, 'password');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  if (programs.runAs !== undefined) {
    for (const path of [dir, data, passwordFile]) chownSync(path, programs.runAs.uid, programs.runAs.gid);
  }
  await promisify(execFile)(
    join(programs.bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      USER,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { ...programs.runAs, cwd: dir, env: { ...process.env, LC_ALL: 'C' } },
  );
}

async function createDatabase(port: number): Promise<void> {
  await withClient(port, 'postgres', async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE "${DATABASE}"`);
  });
}

async function createSchema(port: number): Promise<void> {
  await withClient(port, DATABASE, async (client) => {
    const { rowCount } = await client.query(
      `SELECT 1 FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    if (rowCount !== 0) return;
    await client.query([...createTableStatements(), ...seedStatements()].join(';\n'));
  });
}

async function withClient<T>(
  port: number,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password: PASSWORD,
    database,
    connectionTimeoutMillis: 2000,
  });
  // Without a listener, losing the server in the middle of a query would end the test process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
