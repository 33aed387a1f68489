import type { BlobStorage, Storage, UnsupportedStorage } from '@quay-observability/storage';
import type { CheckResult, ServiceCheck } from './service-check.ts';

/**
 * `storage`: every configured location is written, read and removed; only a preferred one fails the check, of
 * the others it is a message (contract section 10, Quay's `health/storage_engines.py`). A location of an engine
 * that cannot be checked is named in the message and fails nothing.
 */
export function createStorageCheck(storage: Storage): ServiceCheck {
  return {
    name: 'storage',
    check: async (signal) => {
      const findings = await Promise.all(
        [...storage.locations.values()].map((location) => examine(location, storage.preferred, signal)),
      );
      return verdict(findings);
    },
  };
}

/** `preferred_storage`: the first preferred location alone (`HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE`). */
export function createPreferredStorageCheck(storage: Storage): ServiceCheck {
  return {
    name: 'preferred_storage',
    check: async (signal) => {
      const location = storage.locations.get(storage.preferred[0] ?? '');
      if (location === undefined)
        return {
          healthy: false,
          failure: 'Preferred storage check failed with exception it is not configured',
        };
      if (!location.supported) return { healthy: true, message: notChecked(location) };
      const problem = await problemOf(location, signal);
      return problem === undefined
        ? { healthy: true }
        : { healthy: false, failure: `Preferred storage check failed with exception ${problem}` };
    },
  };
}

type Finding = { readonly failure?: string; readonly warning?: string };

async function examine(
  location: BlobStorage | UnsupportedStorage,
  preferred: readonly string[],
  signal: AbortSignal,
): Promise<Finding> {
  if (!location.supported) return { warning: notChecked(location) };
  const problem = await problemOf(location, signal);
  if (problem === undefined) return {};
  const name = location.location;
  return preferred.includes(name)
    ? { failure: `Preferred storage '${name}' check failed: ${problem}` }
    : { warning: `Non-preferred storage '${name}' unavailable: ${problem}` };
}

function verdict(findings: readonly Finding[]): CheckResult {
  const failures = findings.flatMap(({ failure }) => failure ?? []);
  const warnings = findings.flatMap(({ warning }) => warning ?? []).join('; ');
  if (failures.length > 0) {
    const rest = warnings === '' ? '' : ` (warnings: ${warnings})`;
    return { healthy: false, failure: `${failures.join('; ')}${rest}` };
  }
  return warnings === '' ? { healthy: true } : { healthy: true, message: warnings };
}

async function problemOf(location: BlobStorage, signal: AbortSignal): Promise<string | undefined> {
  try {
    await location.verify(signal);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function notChecked({ location, reason }: UnsupportedStorage): string {
  return `Storage '${location}' not checked: ${reason}`;
}
