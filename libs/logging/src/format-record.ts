import { asctime } from './asctime.ts';
import { errorHeadline, errorText, isError, stackFrames } from './error-text.ts';
import { escapeControls, quote } from './quote.ts';
import { scrubText } from './scrub-text.ts';
import { serialise, serialiseEntries } from './serialise.ts';

/** A level, by Python's name in lower case. */
export type LevelName = 'debug' | 'info' | 'warning' | 'error' | 'critical';

/** The span a line was written in; ids in hex as W3C has them. */
export type TraceContext = { traceId: string; spanId: string };

/** One log call, before it becomes a line. */
export type LogRecord = {
  level: LevelName;
  name: string;
  message: string;
  fields: object | undefined;
  trace: TraceContext | undefined;
  /** Milliseconds since 1970. */
  timeMs: number;
};

const LEVEL_NAME: Record<LevelName, string> = {
  debug: 'DEBUG',
  info: 'INFO',
  warning: 'WARNING',
  error: 'ERROR',
  critical: 'CRITICAL',
};
const PROCESS = String(process.pid);

/** One JSON object and a line break (contract section 11). */
export function formatJson(record: LogRecord): string {
  const { fields, trace } = record;
  const ids =
    trace === undefined ? '' : `, "trace_id": ${quote(trace.traceId)}, "span_id": ${quote(trace.spanId)}`;
  return (
    `{"asctime": "${asctime(record.timeMs)}", "levelname": "${LEVEL_NAME[record.level]}"` +
    `, "name": ${quote(record.name)}, "process": ${PROCESS}` +
    `, "message": ${quote(scrubText(record.message))}${ids}` +
    `, "data": {${fields === undefined ? '' : dataOf(fields)}}}\n`
  );
}

/**
 * `asctime [process] [levelname] [name] message` (contract section 11). Fields and trace ids follow the
 * message as JSON, an exception's traceback follows on lines of its own.
 */
export function formatText(record: LogRecord): string {
  const { fields, trace } = record;
  const error = fields === undefined ? undefined : findError(fields);
  let data = fields === undefined ? '' : isError(fields) ? '' : serialiseEntries(fields, error?.hidden);
  if (trace !== undefined) {
    data += `${data === '' ? '' : ', '}"trace_id": ${quote(trace.traceId)}, "span_id": ${quote(trace.spanId)}`;
  }
  const head = `${asctime(record.timeMs)} [${PROCESS}] [${LEVEL_NAME[record.level]}] [${escapeControls(record.name)}] `;
  const line = `${head}${escapeControls(scrubText(record.message))}${data === '' ? '' : ` {${data}}`}\n`;
  return error === undefined ? line : line + traceback(error.error);
}

function traceback(error: Error): string {
  const frames = stackFrames(error).map((frame) => `  ${escapeControls(scrubText(frame.trim()))}\n`);
  const headline = `${escapeControls(scrubText(errorHeadline(error)))}\n`;
  return frames.length === 0 ? headline : `Traceback (most recent call last):\n${frames.join('')}${headline}`;
}

function dataOf(fields: object): string {
  const found = findError(fields);
  if (found === undefined) return serialiseEntries(fields);
  const { error, hidden } = found;
  const frames = stackFrames(error);
  const parts = [isError(fields) ? '' : serialiseEntries(fields, hidden)];
  // Python's list has the frames alone; without its text an exception tells little.
  const hasText = hidden === undefined || (!isError(fields) && 'error' in fields);
  if (!hasText) parts.push(`"error": ${quote(`Exception: ${scrubText(errorText(error))}`)}`);
  if (hidden !== undefined || !('exc_info' in fields)) parts.push(`"exc_info": ${serialise(frames)}`);
  return parts.filter((part) => part !== '').join(', ');
}

type FoundError = {
  error: Error;
  /** The field that is written as a traceback instead of as itself. */
  hidden: string | undefined;
};

/** The exception of a call: `exc_info`, or else the first field that is an error, or the fields themselves. */
function findError(fields: object): FoundError | undefined {
  if (isError(fields)) return { error: fields, hidden: 'exc_info' };
  try {
    const entries = fields as Record<string, unknown>;
    if (isError(entries.exc_info)) return { error: entries.exc_info, hidden: 'exc_info' };
    for (const key of Object.keys(entries)) {
      const value = entries[key];
      if (typeof value === 'object' && isError(value)) return { error: value, hidden: undefined };
    }
  } catch {
    // A getter that throws is reported where it is written.
  }
  return undefined;
}
