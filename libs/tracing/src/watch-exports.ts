import type { SpanOutcome } from './span-pipeline.ts';
import type { ReportLine } from './report-problems.ts';

/** `ok: false` means that the spans are lost; `reason` says why. */
export type ExportReport = { ok: boolean; spans: number; reason?: Exclude<SpanOutcome, 'exported'> };

/**
 * Turns outcomes into few log lines: one when exporting begins to fail, one when it works again, with
 * the number of spans lost between. Every outcome is also counted by `onExport`.
 */
export function watchExports(hooks: {
  collectorName: string;
  onProblem: ReportLine;
  onRecovery: ReportLine;
  onExport: (report: ExportReport) => void;
}): (outcome: SpanOutcome, spans: number, error?: Error) => void {
  const { collectorName: collector, onProblem, onRecovery, onExport } = hooks;
  let failing = false;
  let lostSpans = 0;
  return (outcome, spans, error) => {
    onExport(outcome === 'exported' ? { ok: true, spans } : { ok: false, spans, reason: outcome });
    if (outcome === 'exported') {
      if (failing) onRecovery('Spans reach the collector again.', { collector, lostSpans });
      failing = false;
      lostSpans = 0;
      return;
    }
    lostSpans += spans;
    if (failing) return;
    if (outcome === 'queue-full') {
      onProblem('Spans are made faster than the collector takes them; some are dropped.', { collector });
    } else if (outcome === 'shutdown') {
      onProblem('Spans were lost at shutdown: the collector did not take them in time.', {
        collector,
        lostSpans,
      });
    } else {
      failing = true;
      onProblem('Spans cannot be exported; they are dropped until the collector is back.', {
        collector,
        error: textOf(error),
      });
    }
  };
}

/** A refused connection comes as an AggregateError with an empty message. */
function textOf(error: (Error & { code?: unknown }) | undefined): string {
  if (error === undefined) return 'unknown';
  if (error.message !== '') return error.message;
  return typeof error.code === 'string' ? error.code : error.name;
}
