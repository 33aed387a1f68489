import type { Writable } from 'node:stream';
import { createBatchWriter } from './batch-writer.ts';
import {
  formatJson,
  formatText,
  type LevelName,
  type LogRecord,
  type TraceContext,
} from './format-record.ts';
import type { LineWriter, OutputState } from './line-writer.ts';
import { neverWaiting } from './never-waiting.ts';
import { createStreamWriter } from './stream-writer.ts';
import { createWinstonLogger } from './winston-logger.ts';

/** What a log call says besides its message. Errors among the fields become exceptions (`exc_info`). */
export type LogFields = Record<string, unknown>;

export type LogCall = (message: string, fields?: LogFields) => void;

/** No call throws, and none changes its fields. Secrets are redacted in messages and fields alike. */
export type Logger = {
  debug: LogCall;
  info: LogCall;
  warning: LogCall;
  error: LogCall;
  /** As the others, and the line is written before the call returns. */
  critical: LogCall;
  /** A logger named `<this name>.<name>`, as Python's `getChild`, on the same output. */
  child(name: string): Logger;
  /** Resolves once every line so far is written, or cannot be, or `limitMs` have passed. */
  flush(limitMs?: number): Promise<void>;
  /** Returns once every line so far is written, or cannot be, or `limitMs` have passed. */
  flushSync(limitMs?: number): void;
  /** Flushes; later lines are written one by one. For children and parent alike. */
  close(): void;
  outputState(): OutputState;
  /** Tells one listener of lines that the output did not take, those so far at once. It must not log. */
  onDropped(listener: (lines: number) => void): void;
};

export type LoggerOptions = {
  /** The logger's name in every line. */
  name: string;
  /** JSON lines, or text as Python's default (contract section 11). */
  json: boolean;
  /** Writes DEBUG lines too. */
  debug: boolean;
  /** The descriptor to write to. Default 1, standard output. */
  fd?: number;
  /** Other processes write to the descriptor too: lines up to 4 KiB are kept in one piece. */
  shared?: boolean;
  /** Instead of a descriptor. Lines in a stream's own buffer do not survive the process. */
  stream?: Writable;
  /** The active span, asked once per line. */
  traceContext?: () => TraceContext | undefined;
};

export function createLogger(options: LoggerOptions): Logger {
  const { json, debug, traceContext = noTrace } = options;
  const format = json ? formatJson : formatText;
  const lossLine = (droppedLines: number, code: string): string =>
    format({
      level: 'warning',
      name: `${options.name}.logging`,
      message: 'Log lines were lost because the output could not be written',
      fields: { droppedLines, code },
      trace: undefined,
      timeMs: Date.now(),
    });
  const writer = openWriter(options, lossLine);
  const winstonLogger = createWinstonLogger({ level: debug ? 'debug' : 'info', format, writer });

  const logAs = (name: string, level: LevelName): LogCall => {
    if (!winstonLogger.isLevelEnabled(level)) return nothing;
    return (message, fields) => {
      const record: LogRecord = {
        level,
        name,
        message: typeof message === 'string' ? message : textOf(message),
        fields: typeof fields === 'object' && fields !== null ? fields : undefined,
        trace: traceOf(traceContext),
        timeMs: Date.now(),
      };
      try {
        winstonLogger.log(record);
      } catch (error) {
        writer.append(format({ ...record, fields: { loggingError: textOf(error) } }));
      }
      if (level === 'critical') writer.flushSync();
    };
  };

  const named = (name: string): Logger => ({
    debug: logAs(name, 'debug'),
    info: logAs(name, 'info'),
    warning: logAs(name, 'warning'),
    error: logAs(name, 'error'),
    critical: logAs(name, 'critical'),
    child: (childName) => named(`${name}.${childName}`),
    flush: (limitMs) => writer.flush(limitMs),
    flushSync: (limitMs) => writer.flushSync(limitMs),
    close: () => writer.close(),
    outputState: () => writer.state(),
    onDropped: (listener) => writer.onDropped(listener),
  });
  return named(options.name);
}

function openWriter(
  { fd, stream, shared = false }: LoggerOptions,
  lossLine: (lines: number, code: string) => string,
): LineWriter {
  const writeTo = (target: number): LineWriter =>
    createBatchWriter({ fd: neverWaiting(target), shared, lossLine });
  if (stream === undefined) return writeTo(fd ?? 1);
  // The standard streams are descriptors, and as such they lose nothing.
  if (stream === process.stdout) return writeTo(1);
  if (stream === process.stderr) return writeTo(2);
  return createStreamWriter(stream);
}

function traceOf(traceContext: () => TraceContext | undefined): TraceContext | undefined {
  try {
    return traceContext();
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function noTrace(): undefined {
  return undefined;
}

function nothing(): void {
  // This level is switched off.
}
