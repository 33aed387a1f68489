import { queryOnce } from '@quay-observability/database';
import type { DatabaseServerSettings, HealthSettings } from '@quay-observability/quay-config';
import { APPLICATION_NAME, CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './database-check.ts';
import type { CheckResult, ServiceCheck } from './service-check.ts';
import { readServiceKeyId } from './service-key-id.ts';

export type ServiceKeyOptions = {
  readonly health: Pick<HealthSettings, 'setupComplete' | 'serviceKeyIdFile' | 'serviceKeyService'>;
  readonly server: DatabaseServerSettings | undefined;
};

const NOT_SET_UP: CheckResult = { healthy: true, message: 'Stack not fully setup; skipping check' };
/** Healthy, because what is wrong then is told by the check of the database. */
const NO_DATABASE: CheckResult = {
  healthy: true,
  message: 'Failed to get instance key due to a database issue; skipping check',
};

const FIND_KEY = `
  SELECT id FROM servicekey
  WHERE kid = $1 AND service = $2 AND approval_id IS NOT NULL
    AND (expiration_date IS NULL OR expiration_date > $3::timestamp)
  LIMIT 1`;

/** Whether the key of this instance is known, approved and unexpired (contract section 10). */
export function createServiceKeyCheck({ health, server }: ServiceKeyOptions): ServiceCheck {
  return {
    name: 'service_key',
    check: async (signal) => {
      if (!health.setupComplete) return NOT_SET_UP;
      const id = await readServiceKeyId(health.serviceKeyIdFile);
      if (id === undefined) return NOT_SET_UP;
      if (server === undefined) return NO_DATABASE;
      let rows: readonly unknown[];
      try {
        rows = await queryOnce(
          {
            server,
            applicationName: APPLICATION_NAME,
            connectTimeoutMs: CONNECT_TIMEOUT_MS,
            statementTimeoutMs: STATEMENT_TIMEOUT_MS,
            signal,
          },
          FIND_KEY,
          [id, health.serviceKeyService, utcNow()],
        );
      } catch {
        return NO_DATABASE;
      }
      if (rows.length > 0) return { healthy: true };
      return { healthy: false, failure: `Could not find valid instance service key ${id}` };
    },
  };
}

/** The column has no zone and holds UTC; the clock that counts is that of the instance, as in Python. */
function utcNow(): string {
  return new Date().toISOString().slice(0, -1);
}
