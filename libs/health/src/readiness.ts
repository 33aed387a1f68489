import { reportOf, type CheckResult, type HealthCheck, type HealthReport } from './check.ts';
import { createCheckSet, type CheckSetOptions } from './check-set.ts';

export type Readiness = {
  /** Throws if there is a check of that name. */
  add(check: HealthCheck): void;
  /** Of the checks, and of the phase: an app that starts or stops is not ready. */
  report(): Promise<HealthReport>;
  /** Whether the app has started; stays so until its end. */
  startup(): HealthReport;
  /** The app serves: until now it was not ready. Begins to look regularly. */
  markStarted(): void;
  /** From now on the app is not ready: load balancers take it out before it stops. */
  markStopping(): void;
  close(): void;
};

/** Keeps the readiness of one app: its checks, and the phase it is in. */
export function createReadiness(options: CheckSetOptions): Readiness {
  const checks = createCheckSet(options);
  const phase = createPhase();
  return {
    add: (check) => checks.add(check),
    report: async () => reportOf([...(await checks.run()), ...phase.hindrance()]),
    startup: () => phase.startup(),
    markStarted: () => {
      phase.markStarted();
      checks.start();
    },
    markStopping: () => phase.markStopping(),
    close: () => checks.close(),
  };
}

/** Starting, serving or stopping. */
export type Phase = {
  /** Why the app is not ready whatever its checks say; empty while it serves. */
  hindrance(): readonly CheckResult[];
  startup(): HealthReport;
  markStarted(): void;
  markStopping(): void;
};

export function createPhase(): Phase {
  const starting = failed('startup', 'the app is starting');
  let hasStarted = false;
  let hindrance: readonly CheckResult[] = [starting];
  return {
    hindrance: () => hindrance,
    startup: () => reportOf([hasStarted ? { ...starting, ok: true, message: 'ok' } : starting]),
    markStarted: () => {
      hasStarted = true;
      hindrance = [];
    },
    markStopping: () => {
      hindrance = [failed('shutdown', 'the app is stopping')];
    },
  };
}

function failed(name: string, message: string): CheckResult {
  return { name, required: true, ok: false, message };
}
