import { ConfigError, type AuthenticationSettings, type QuayConfig } from '@quay-observability/quay-config';
import type { CheckResult, ServiceCheck } from '../service-check.ts';
import { pingJwt } from './ping-jwt.ts';
import { pingKeystone } from './ping-keystone.ts';
import { pingLdap } from './ping-ldap.ts';

type Ping = (settings: AuthenticationSettings, signal: AbortSignal) => Promise<CheckResult>;

/** Nothing to ask: their users are in the database, or, with OIDC, Quay itself does not ask either. */
const alwaysHealthy: Ping = () => Promise.resolve({ healthy: true });

/** Quay's types (`data/users/__init__.py`) and how each is asked. */
const PINGS: ReadonlyMap<string, Ping> = new Map([
  ['Database', alwaysHealthy],
  ['AppToken', alwaysHealthy],
  ['OIDC', alwaysHealthy],
  ['LDAP', (settings, signal) => pingLdap(settings.ldap, signal)],
  ['JWT', (settings, signal) => pingJwt(settings.jwt, signal)],
  ['Keystone', (settings, signal) => pingKeystone(settings.keystone, signal)],
]);

/**
 * `auth`: whether the authentication backend answers as Quay needs it to (contract section 10).
 *
 * @throws ConfigError for a type that Quay does not know, with which it does not start.
 */
export function createAuthCheck({ health }: Pick<QuayConfig, 'health'>): ServiceCheck {
  const { authenticationType, authentication } = health;
  const ping = PINGS.get(authenticationType);
  if (ping === undefined) {
    const problem = `expected one of ${[...PINGS.keys()].join(', ')}`;
    throw new ConfigError([{ key: 'AUTHENTICATION_TYPE', source: 'the configuration', problem }]);
  }
  return { name: 'auth', check: (signal) => ping(authentication, signal) };
}
