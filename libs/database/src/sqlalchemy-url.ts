import { CodedError } from '@quay-observability/coded-errors';

/** The parts of a SQLAlchemy URL, decoded. */
export type SqlAlchemyUrl = {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** IPv6 without its brackets; undefined for the socket or what the query says. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly query: Readonly<Record<string, string>>;
};

// As SQLAlchemy 1.4 splits it (engine/url.py): a password may hold `/`, `:`, `#` and `?`, which the
// URL class of the platform refuses or misplaces.
const SHAPE =
  /^(?<scheme>[\w+]+):\/\/(?:(?<username>[^:/]*)(?::(?<password>[^@]*))?@)?(?:(?:\[(?<ipv6>[^/?]+)\]|(?<host>[^/:?]+))?(?::(?<port>[^/?]*))?)?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;

const ENCODE = 'special characters of user name and password must be percent-encoded';

const REFUSED: readonly [prefix: RegExp, why: string][] = [
  [/^(mysql|mariadb)\b/, 'MySQL is not supported by the new runtime, which runs on PostgreSQL only'],
  [
    /^sqlite\b/,
    'SQLite is not supported: Quay uses it in mirror mode only, which stays with the Python runtime',
  ],
];

/**
 * Parses Quay's `DB_URI` (contract section 15).
 *
 * @throws CodedError `DATABASE_UNSUPPORTED` for MySQL and SQLite, `DATABASE_URL_INVALID` for anything
 * else that is no PostgreSQL URL. No message holds credentials.
 */
export function parseSqlAlchemyUrl(url: string): SqlAlchemyUrl {
  const parts = SHAPE.exec(url)?.groups;
  if (parts === undefined)
    throw invalid('it does not have the form postgresql://user:password@host:port/database');
  const scheme = parts.scheme ?? '';
  for (const [prefix, why] of REFUSED) {
    if (prefix.test(scheme))
      throw new CodedError('DATABASE_UNSUPPORTED', `The database URL starts with ${scheme}://: ${why}.`);
  }
  if (!/^postgres(ql)?(\+\w+)?$/.test(scheme))
    throw invalid('it does not start with postgresql:// or postgresql+psycopg2://');
  return {
    username: decoded(parts.username),
    password: decoded(parts.password),
    host: checked(parts.ipv6 ?? parts.host),
    port: parsePort(parts.port),
    database: checked(parts.database),
    query: Object.fromEntries(new URLSearchParams(parts.query ?? '')),
  };
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw invalid(`its port is no number between 1 and 65535; ${ENCODE}`);
  }
  return port;
}

/** As Python's `unquote`: what is no valid escape stays as it is, and a plus is a plus. */
function decoded(text: string | undefined): string | undefined {
  const bytes = (run: string) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8');
  return nonEmpty(text?.replace(/(?:%[0-9a-f]{2})+/gi, bytes));
}

/** An `@` here is the rest of a password that is not percent-encoded; used as a name, it would be shown. */
function checked(text: string | undefined): string | undefined {
  if (text?.includes('@') === true) throw invalid(`there is more than one @; ${ENCODE}`);
  return nonEmpty(text);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function invalid(why: string): CodedError {
  return new CodedError('DATABASE_URL_INVALID', `The database URL cannot be used: ${why}.`);
}
