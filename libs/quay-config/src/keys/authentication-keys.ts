import { configKey } from '../config-key.ts';
import { boolean, integer, nonEmptyText, seconds } from '../value-schemas.ts';

const about = { usedBy: ['api-health'], section: 10, variable: 'text' } as const;

function optional(kind: string, help: string, secret = false) {
  return configKey<string | undefined>({
    ...about,
    kind,
    fallback: undefined,
    fallbackText: 'none',
    help,
    schema: nonEmptyText,
    ...(secret && { secret }),
  });
}

function limit(help: string) {
  return configKey({ ...about, kind: 'seconds', fallback: 10, help, schema: seconds });
}

/** What the health check asks the authentication backend with, for the type of `AUTHENTICATION_TYPE`. */
export const authenticationKeys = {
  LDAP_URI: configKey({
    ...about,
    kind: 'URI',
    fallback: 'ldap://localhost',
    help: 'The directory: `ldap://` or `ldaps://`, several separated by blanks.',
    schema: nonEmptyText,
  }),
  LDAP_ADMIN_DN: optional('string', 'The name that the health check binds with; anonymous without it.'),
  LDAP_ADMIN_PASSWD: optional('string', 'Its password.', true),
  LDAP_TIMEOUT: limit('How long the directory may take to answer.'),
  LDAP_NETWORK_TIMEOUT: limit('How long connecting to the directory may take.'),
  LDAP_ALLOW_INSECURE_FALLBACK: configKey({
    ...about,
    kind: 'boolean',
    fallback: false,
    help: 'Whether any certificate of the directory is taken.',
    schema: boolean,
  }),
  JWT_GETUSER_ENDPOINT: optional(
    'URL',
    'The endpoint of external JWT authentication that the health check asks without credentials: it must refuse.',
  ),
  KEYSTONE_AUTH_URL: optional('URL', 'Keystone.'),
  KEYSTONE_AUTH_VERSION: configKey({
    ...about,
    kind: 'integer',
    fallback: 2,
    help: 'The version of its API; anything but 3 means 2.',
    schema: integer(0),
  }),
  KEYSTONE_AUTH_TIMEOUT: limit('How long Keystone may take to answer.'),
  KEYSTONE_ADMIN_USERNAME: optional('string', 'The user that the health check asks for a token for.'),
  KEYSTONE_ADMIN_PASSWORD: optional('string', 'Its password.', true),
  KEYSTONE_ADMIN_TENANT: optional('string', 'Its tenant, for version 2.'),
};
