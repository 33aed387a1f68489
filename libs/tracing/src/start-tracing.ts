import type { TracingSettings } from '@quay-observability/quay-config';
import type { InstrumentationName } from './instrumentations.ts';
import type { ReportLine } from './report-problems.ts';
import { activeRuntime } from './runtime.ts';
import type { ScrubText } from './scrub-span.ts';
import type { ExportReport } from './watch-exports.ts';

/** What the service wants to hear of tracing. None of them may throw for long: they are called on hot paths. */
export type TracingHooks = {
  /** A warning: an invalid setting, exporting that begins to fail, what the SDK complains about. Rate-limited. */
  onProblem: ReportLine;
  /** Exporting works again; the field `lostSpans` counts what was lost meanwhile. */
  onRecovery?: ReportLine;
  /** What became of a number of spans, for counting. */
  onExport?: (report: ExportReport) => void;
};

export type TracingOptions = {
  /** The app, as resource attribute `quay.app`: `service.name` is the same for all of Quay. */
  app?: string;
  /** What makes spans by itself; everything unless told. */
  instrumentations?: readonly InstrumentationName[];
  /** How long `shutdown()` may take to deliver what is left; 5,000 unless told. */
  shutdownTimeoutMs?: number;
  /** Takes secrets out of the texts of failures (message, stack, status) before they are exported. */
  scrub?: ScrubText;
};

export type Tracing = {
  /** False if tracing is turned off, or could not be started. */
  readonly enabled: boolean;
  /** Delivers what is left, within the time limit; never rejects. */
  shutdown(): Promise<void>;
};

const OFF: Tracing = { enabled: false, shutdown: () => Promise.resolve() };

/**
 * Starts tracing (contract section 12). Must be awaited before anything that is to be instrumented is
 * imported. Off, it loads nothing and costs nothing. Never fails: what is wrong is told to `onProblem`
 * and leaves tracing off, for no service may stand still for want of traces.
 *
 * Throws only if tracing is running already.
 */
export async function startTracing(
  settings: TracingSettings,
  hooks: TracingHooks,
  options: TracingOptions = {},
): Promise<Tracing> {
  if (!settings.enabled) return OFF;
  if (activeRuntime() !== undefined) throw new Error('tracing is running already');
  try {
    const { startSdk } = await import('./start-sdk.ts');
    return await startSdk(settings, hooks, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    hooks.onProblem('Tracing could not be started and stays off.', { error: reason });
    return OFF;
  }
}
