import { startTracing, type TracingOptions } from '@quay-observability/tracing';
import type { TracingSettings } from '@quay-observability/quay-config';

const { settings, options } = JSON.parse(process.env.TRACING ?? '') as {
  settings: TracingSettings;
  options: TracingOptions;
};
const report =
  (level: string) =>
  (message: string, fields: Record<string, unknown>): void => {
    process.stdout.write(`${JSON.stringify({ level, message, fields })}\n`);
  };

/** What `serve.ts` shuts down. */
export const tracing = await startTracing(
  settings,
  { onProblem: report('warning'), onRecovery: report('info') },
  options,
);
