import type { QuayConfig } from '@quay-observability/quay-config';
import type { ServiceCheck } from '../service-check.ts';

/** The check `auth` (contract section 10): users in the database need no other backend. */
export function createAuthCheck({ health }: Pick<QuayConfig, 'health'>): ServiceCheck {
  const { authenticationType } = health;
  return {
    name: 'auth',
    check: () =>
      Promise.resolve(
        authenticationType === 'Database'
          ? { healthy: true }
          : { healthy: false, failure: `${authenticationType} cannot be asked` },
      ),
  };
}
