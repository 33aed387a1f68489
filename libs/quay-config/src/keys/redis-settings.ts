import { z } from 'zod';
import type { RedisSettings, RedisTlsSettings } from '../quay-config.ts';
import { boolean, integer, optionalText, seconds, text } from '../value-schemas.ts';

/** redis-py takes `none`, null or 0 for "any certificate"; the rest verifies. */
const verificationOff = new Set<unknown>(['none', 'CERT_NONE', null, 0]);

const shape = z.looseObject(
  {
    host: text.optional(),
    port: integer(1, 65_535).nullish(),
    db: integer(0).nullish(),
    username: optionalText.optional(),
    password: optionalText.optional(),
    unix_socket_path: optionalText.optional(),
    socket_connect_timeout: seconds.nullish(),
    socket_timeout: seconds.nullish(),
    ssl: boolean.nullish(),
    ssl_cert_reqs: z.unknown().optional(),
    ssl_check_hostname: boolean.nullish(),
    ssl_ca_certs: optionalText.optional(),
    ssl_certfile: optionalText.optional(),
    ssl_keyfile: optionalText.optional(),
  },
  'expected a mapping with host, port, password and db',
);
type Shape = z.infer<typeof shape>;

/**
 * One of Quay's Redis mappings. They are arguments of redis-py, hence its names and defaults (host
 * `localhost`, certificates and host names verified); Quay sets both time-outs to 5 s.
 */
export function redisSchema(defaultDb: number): z.ZodType<RedisSettings> {
  return shape.transform((given): RedisSettings => {
    const tls = given.ssl === true ? tlsSettings(given) : undefined;
    return {
      host: given.host ?? 'localhost',
      port: given.port ?? 6379,
      db: given.db ?? defaultDb,
      connectTimeoutMs: (given.socket_connect_timeout ?? 5) * 1000,
      commandTimeoutMs: (given.socket_timeout ?? 5) * 1000,
      ...(given.unix_socket_path !== undefined && { socketPath: given.unix_socket_path }),
      ...(given.username !== undefined && { username: given.username }),
      ...(given.password !== undefined && { password: given.password }),
      ...(tls !== undefined && { tls }),
    };
  });
}

function tlsSettings(given: Shape): RedisTlsSettings {
  const verifyCertificate = !('ssl_cert_reqs' in given && verificationOff.has(given.ssl_cert_reqs));
  return {
    verifyCertificate,
    verifyHostname: verifyCertificate && given.ssl_check_hostname !== false,
    ...(given.ssl_ca_certs !== undefined && { caFile: given.ssl_ca_certs }),
    ...(given.ssl_certfile !== undefined && { certificateFile: given.ssl_certfile }),
    ...(given.ssl_keyfile !== undefined && { keyFile: given.ssl_keyfile }),
  };
}

/** What a mapping without anything means: redis-py's defaults. */
export function defaultRedisSettings(db: number): RedisSettings {
  return { host: 'localhost', port: 6379, db, connectTimeoutMs: 5000, commandTimeoutMs: 5000 };
}
