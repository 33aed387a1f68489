import type { Logger } from '@quay-observability/logging';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { OwnedWork } from '@quay-observability/service';

/** Work that the configuration forbids: its log says so. */
export function idleWork(log: Logger, program: string, why: string): OwnedWork {
  return {
    start: () => {
      log.info(`${program} does nothing: ${why}.`, { program });
      return Promise.resolve();
    },
    stop: () => Promise.resolve(),
  };
}

/** Why nothing may be collected at all, as for Python's workers; undefined if it may. */
export function whyIdle({ registryState, garbageCollection }: QuayConfig): string | undefined {
  if (registryState === 'readonly') return 'REGISTRY_STATE is readonly';
  if (garbageCollection.accountRecoveryMode) return 'ACCOUNT_RECOVERY_MODE is set';
  return garbageCollection.pushesDisabled ? 'DISABLE_PUSHES is set' : undefined;
}
