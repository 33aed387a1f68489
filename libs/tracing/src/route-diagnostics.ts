import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { ReportLine } from './report-problems.ts';

/** Sends what the OpenTelemetry libraries warn of to `onProblem`, a line each, instead of to the console. */
export function routeDiagnostics(onProblem: ReportLine): void {
  const report = (...parts: unknown[]): void => {
    const text = parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
    // Errors come as a stack, or as JSON of one.
    const [line = ''] = text.split(/\n|\\n/, 1);
    onProblem(`OpenTelemetry: ${line}`, {});
  };
  const ignore = (): void => undefined;
  const logger = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
