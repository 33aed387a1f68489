import { CodedError } from '@quay-observability/coded-errors';
import type { DatabaseServerSettings } from '@quay-observability/quay-config';
import { parseSqlAlchemyUrl } from './sqlalchemy-url.ts';
import { parseTlsSettings, type TlsSettings } from './tls.ts';

/** Everything needed to connect to one server. */
export type ServerSettings = {
  /** Undefined: what libpq's variables (`PGHOST`, `PGUSER` ...) or its defaults say. A path is a unix socket's folder. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: TlsSettings;
  readonly applicationName: string | undefined;
  /** Command-line options of the session, e.g. `-c search_path=x`. */
  readonly options: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly maxConnections: number | undefined;
  /** False for `keepalives: 0`. */
  readonly keepAlive: boolean;
  readonly keepAliveIdleMs: number;
  /** `host:port/database`, for messages; holds no credentials. */
  readonly display: string;
};

const KEEP_ALIVE_IDLE_MS = 10_000;

/**
 * Reads the settings of every server.
 *
 * @throws CodedError `DATABASE_UNSUPPORTED` or `DATABASE_URL_INVALID` with the faults of all servers,
 * each with its key and the file or variable; the code is that of the first.
 */
export function parseAllServerSettings<const T extends readonly DatabaseServerSettings[]>(
  servers: T,
): { -readonly [K in keyof T]: ServerSettings } {
  const faults: CodedError[] = [];
  const parsed = servers.flatMap((server) => {
    try {
      return [parseServerSettings(server)];
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      faults.push(error);
      return [];
    }
  });
  const [first] = faults;
  if (first === undefined) return parsed as { -readonly [K in keyof T]: ServerSettings };
  if (faults.length === 1) throw first;
  const lines = faults.map(({ message }) => `  ${message}`).join('\n');
  throw new CodedError(first.code, `${faults.length} database servers cannot be used:\n${lines}`);
}

/**
 * Puts a SQLAlchemy URL and Quay's `DB_CONNECTION_ARGS` together. The host, port, user, password and
 * database of the URL win, as in Quay; of everything else the arguments win over the URL's query, which
 * Quay does not read. Arguments that only mean something to the Python driver are ignored.
 *
 * @throws CodedError as {@link parseAllServerSettings}
 */
export function parseServerSettings({ uri, connectionArgs, origin }: DatabaseServerSettings): ServerSettings {
  const url = naming(origin?.uri, () => parseSqlAlchemyUrl(uri));
  const argument = (name: string): string | undefined =>
    textOf(connectionArgs[name]) ?? textOf(url.query[name]);
  const host = url.host ?? argument('host');
  const port = url.port ?? numberOf(argument('port'));
  const database = url.database ?? argument('dbname');
  const connectTimeout = numberOf(argument('connect_timeout'));
  const keepAliveIdle = numberOf(argument('keepalives_idle'));
  return {
    host,
    port,
    user: url.username ?? argument('user'),
    password: url.password ?? argument('password'),
    database,
    tls: naming(textOf(connectionArgs.sslmode) === undefined ? origin?.uri : origin?.connectionArgs, () =>
      parseTlsSettings(argument),
    ),
    applicationName: argument('application_name'),
    options: argument('options'),
    connectTimeoutMs: connectTimeout === undefined ? undefined : connectTimeout * 1000,
    maxConnections: numberOf(argument('max_connections')),
    keepAlive: Number(argument('keepalives') ?? 1) !== 0,
    keepAliveIdleMs: keepAliveIdle === undefined ? KEEP_ALIVE_IDLE_MS : keepAliveIdle * 1000,
    display: displayName(host, port, database),
  };
}

/** Puts the key and the file or variable before what is wrong with the value. */
function naming<T>(origin: string | undefined, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (origin === undefined || !(error instanceof CodedError)) throw error;
    throw new CodedError(error.code, `${origin}: ${error.message}`);
  }
}

function displayName(host = 'localhost', port = 5432, database = ''): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${name}:${port}/${database}`;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Above zero; zero and nonsense mean "not given", as in libpq. */
function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
