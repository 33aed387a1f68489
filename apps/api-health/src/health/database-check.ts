import { queryOnce } from '@quay-observability/database';
import type { DatabaseServerSettings } from '@quay-observability/quay-config';
import type { ServiceCheck } from './service-check.ts';

/** Of both checks that ask the database (contract section 10). */
export const CONNECT_TIMEOUT_MS = 3000;
export const STATEMENT_TIMEOUT_MS = 5000;

/** Shown in `pg_stat_activity`. */
export const APPLICATION_NAME = 'api-health probe';

/** Connects anew and reads one role of teams, which every installation has. Undefined: there is no `DB_URI`. */
export function createDatabaseCheck(server: DatabaseServerSettings | undefined): ServiceCheck {
  return {
    name: 'database',
    check: async (signal) => {
      try {
        if (server === undefined) return failed('DB_URI is not set');
        const rows = await queryOnce(
          {
            server,
            applicationName: APPLICATION_NAME,
            connectTimeoutMs: CONNECT_TIMEOUT_MS,
            statementTimeoutMs: STATEMENT_TIMEOUT_MS,
            signal,
          },
          'SELECT id, name FROM teamrole LIMIT 1',
        );
        if (rows.length > 0) return { healthy: true };
        // Python's words for a table without rows.
        return { healthy: false, failure: 'Could not execute query, timeout reached' };
      } catch (error) {
        return failed(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function failed(text: string): { healthy: false; failure: string } {
  return { healthy: false, failure: `Could not connect to the database: ${text}` };
}
