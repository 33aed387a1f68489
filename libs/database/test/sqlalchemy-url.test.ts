import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSqlAlchemyUrl } from '../src/sqlalchemy-url.ts';

type Parts = [
  username: string | undefined,
  password: string | undefined,
  host: string | undefined,
  port: number | undefined,
  database: string | undefined,
];

// As `make_url` of SQLAlchemy 1.4.49 splits them; empty means absent.
const urls: readonly [url: string, parts: Parts, query?: Record<string, string>][] = [
  ['postgresql://user:secret@db.example.com:5432/quay', ['user', 'secret', 'db.example.com', 5432, 'quay']],
  ['postgresql+psycopg2://user:secret@db/quay', ['user', 'secret', 'db', undefined, 'quay']],
  ['postgres://u:p@h/d', ['u', 'p', 'h', undefined, 'd']],
  ['postgresql://user@db/quay', ['user', undefined, 'db', undefined, 'quay']],
  ['postgresql://user:@db/quay', ['user', undefined, 'db', undefined, 'quay']],
  ['postgresql://db', [undefined, undefined, 'db', undefined, undefined]],
  ['postgresql://db:5433', [undefined, undefined, 'db', 5433, undefined]],
  ['postgresql:///quay', [undefined, undefined, undefined, undefined, 'quay']],
  ['postgresql://u:p@h/', ['u', 'p', 'h', undefined, undefined]],
  ['postgresql://us%40er:p%2Fa%3Ass%25@db/quay', ['us@er', 'p/a:ss%', 'db', undefined, 'quay']],
  ['postgresql://user:%C3%A9@db/quay', ['user', 'é', 'db', undefined, 'quay']],
  ['postgresql://user:p/a:s#s?w@db/quay', ['user', 'p/a:s#s?w', 'db', undefined, 'quay']],
  ['postgresql://user:a+b@db/quay', ['user', 'a+b', 'db', undefined, 'quay']],
  ['postgresql://user:a b@db/quay', ['user', 'a b', 'db', undefined, 'quay']],
  ['postgresql://user:50%@db/quay', ['user', '50%', 'db', undefined, 'quay']],
  ['postgresql://user:s@[2001:db8::1]:6432/quay', ['user', 's', '2001:db8::1', 6432, 'quay']],
  ['postgresql://user:s@[::1]/quay', ['user', 's', '::1', undefined, 'quay']],
  ['postgresql://user:s@db/my%20quay', ['user', 's', 'db', undefined, 'my%20quay']],
  [
    'postgresql://user:s@/quay?host=/var/run/postgresql',
    ['user', 's', undefined, undefined, 'quay'],
    { host: '/var/run/postgresql' },
  ],
  [
    'postgresql://user:s@db/quay?sslmode=verify-full&sslrootcert=%2Fconf%2Fca.pem',
    ['user', 's', 'db', undefined, 'quay'],
    { sslmode: 'verify-full', sslrootcert: '/conf/ca.pem' },
  ],
];

for (const [url, parts, query = {}] of urls) {
  test(`splits ${url}`, () => {
    const parsed = parseSqlAlchemyUrl(url);
    assert.deepEqual([parsed.username, parsed.password, parsed.host, parsed.port, parsed.database], parts);
    assert.deepEqual(parsed.query, query);
  });
}

const refused: readonly [url: string, code: string, message: RegExp][] = [
  [
    'mysql+pymysql://user:s3cret@db/quay',
    'DATABASE_UNSUPPORTED',
    /mysql\+pymysql:\/\/.*MySQL is not supported/,
  ],
  ['mysql://user:s3cret@db/quay', 'DATABASE_UNSUPPORTED', /PostgreSQL only/],
  ['sqlite:///s3cret/test.db', 'DATABASE_UNSUPPORTED', /mirror mode only/],
  ['oracle://user:s3cret@db/quay', 'DATABASE_URL_INVALID', /does not start with postgresql/],
  ['s3cret', 'DATABASE_URL_INVALID', /form postgresql/],
  ['postgresql:/user:s3cret@db', 'DATABASE_URL_INVALID', /form postgresql/],
  ['postgresql://user:p@s3cret@db/quay', 'DATABASE_URL_INVALID', /more than one @/],
  ['postgresql://user/s3cret@db/quay', 'DATABASE_URL_INVALID', /percent-encoded/],
  ['postgresql://user:s3cret', 'DATABASE_URL_INVALID', /port is no number/],
  ['postgresql://user:x@db:99999/quay', 'DATABASE_URL_INVALID', /port is no number/],
];

for (const [url, code, message] of refused) {
  test(`refuses ${url}, without showing it`, () => {
    assert.throws(
      () => parseSqlAlchemyUrl(url),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.doesNotMatch(String(error.stack), /s3cret/);
        return true;
      },
    );
  });
}
