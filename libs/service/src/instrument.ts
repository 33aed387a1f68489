import { redactText } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import { readQuayConfig, type QuayConfig } from '@quay-observability/quay-config';
import { startTracing, type InstrumentationName, type TracingHooks } from '@quay-observability/tracing';
import { rememberSignals } from './early-signals.ts';

rememberSignals();

/** Tracing that began before the app's modules were loaded, and whoever listens to it once they are. */
export type ProcessTracing = {
  shutdown(): Promise<void>;
  /** Hands over what has been told so far and everything from now on. */
  observe(hooks: Required<TracingHooks>): void;
};

type Told = (hooks: Required<TracingHooks>) => void;

/** Time in milliseconds to deliver the last spans: less than the share of the grace period that closing has. */
const SHUTDOWN_TIMEOUT_MS = 3000;

/**
 * Starts tracing for this process. An app's `main.ts` imports this before anything else: modules that
 * are loaded earlier cannot be instrumented. What tracing reports before the logger and the metrics
 * exist is kept for `observe`. `instrumentations` names what makes spans by itself; everything unless told.
 */
export async function instrumentProcess(
  app: AppName,
  env: Readonly<Record<string, string | undefined>>,
  instrumentations?: readonly InstrumentationName[],
): Promise<ProcessTracing> {
  let listener: Required<TracingHooks> | undefined;
  const waiting: Told[] = [];
  const tell = (told: Told) => {
    if (listener === undefined) waiting.push(told);
    else told(listener);
  };
  const hooks: Required<TracingHooks> = {
    onProblem: (message, fields) => tell((to) => to.onProblem(message, fields)),
    onRecovery: (message, fields) => tell((to) => to.onRecovery(message, fields)),
    onExport: (report) => tell((to) => to.onExport(report)),
  };
  const config = readableConfig(env);
  const options = {
    app,
    shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS,
    // Traces go to others than logs do, and must tell no more.
    scrub: redactText,
    ...(instrumentations === undefined ? {} : { instrumentations }),
  };
  const tracing = config === undefined ? undefined : await startTracing(config.tracing, hooks, options);
  return {
    shutdown: async () => tracing?.shutdown(),
    observe: (observer) => {
      listener = observer;
      for (const told of waiting.splice(0)) told(observer);
    },
  };
}

/** A faulty configuration is reported, whole, by `runService`, which ends the process. */
function readableConfig(env: Readonly<Record<string, string | undefined>>): QuayConfig | undefined {
  try {
    return readQuayConfig(env);
  } catch {
    return undefined;
  }
}
