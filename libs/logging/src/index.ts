export { createLogger } from './logger.ts';
export type { LogCall, LogFields, Logger, LoggerOptions } from './logger.ts';
export type { TraceContext } from './format-record.ts';
export type { OutputState } from './line-writer.ts';
export { parseLogSettings } from './log-settings.ts';
export type { LogSettings } from './log-settings.ts';
export { flushBeforeSignals } from './exit-hook.ts';
export { redact, redactText } from './redact.ts';
