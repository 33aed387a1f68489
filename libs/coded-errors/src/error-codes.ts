/**
 * Every coded error of the project: code -> what it means and what the operator can do about it.
 * `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES = {
  CONFIG_INVALID:
    'The configuration has faults; every one is listed with its key and the file or variable it came from. Correct them and start again.',
  CONFIG_UNREADABLE:
    'The configuration file is missing, unreadable or not YAML. The message names the file and the cause.',
  LISTEN_FAILED:
    'A listener cannot use its address. The message names the settings and the cause: another process has the port, or the address is not of this machine.',
  WORKER_NOT_STARTED:
    'One of the processes of HTTP_WORKERS ended before all of them served. Its own log lines say why; the app ends with its exit status.',
  SHUTDOWN_TIMED_OUT:
    'The app did not finish its work within SHUTDOWN_GRACE_SECONDS and was ended with work in hand.',
  DATABASE_URL_INVALID:
    'A database URL is no SQLAlchemy URL of a PostgreSQL server. The message says what is wrong with it, without its credentials.',
  DATABASE_UNSUPPORTED:
    'The database is MySQL or SQLite. Only PostgreSQL is supported: keep the work on the Python runtime, or move the database.',
  DATABASE_UNAVAILABLE:
    'PostgreSQL cannot be reached, refuses, or does not answer in time. The message names the server and the cause; connections are made anew by themselves.',
  DATABASE_POOL_EXHAUSTED:
    'All pooled connections were in use for the whole acquire time-out. Look for slow statements, or raise max_connections in DB_CONNECTION_ARGS.',
  DATABASE_CLOSED: 'The database was used while or after the app shut down.',
  REDIS_UNAVAILABLE:
    'There is no connection to Redis, or it was lost before the answer came. The message names the server and the cause; it reconnects by itself.',
  REDIS_TIMEOUT:
    'Redis did not answer within socket_timeout. The connection is made anew; whether the command took effect is unknown.',
  REDIS_OVERLOADED: 'Too many commands wait for Redis; the command was not sent.',
  LOCK_LOST:
    'A global lock was lost while work was done under it: it could not be renewed in time, or its key in Redis was removed. The work was stopped, and is done again by whoever gets the lock next.',
  STORAGE_FAILED:
    'A storage location cannot be read or written, or does not answer in time. The message names the location, what was tried and the cause.',
  STORAGE_PATH_INVALID:
    'A path in a storage location leads out of its root or is not well formed: a checksum or id in the database is damaged. Nothing was read or removed.',
  SNAPSHOT_INVALID:
    'A snapshot of the owner switches has faults; every one is listed with its field. The last known good snapshot stays in force.',
  SNAPSHOT_REFUSED:
    'A snapshot of the owner switches is well formed but may not be used: its version is lower than the one in force, or equal with other content. The last known good snapshot stays in force; publish one with a higher version.',
  SNAPSHOT_UNAVAILABLE:
    'The source of the owner switches cannot be read: a missing file, or a switch-controller that does not answer. The message names it and the cause; the last known good snapshot stays in force.',
  SNAPSHOT_NOT_KEPT:
    'The last known good owner switches cannot be written to, or read from, the folder of SWITCH_STATE_DIR. The message names the file and the cause. It matters only at a restart while the source is away: then everything belongs to python.',
  TLS_FILE_UNREADABLE: 'A certificate or key of a TLS connection cannot be read. The message names the file.',
} as const satisfies Record<string, string>;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
