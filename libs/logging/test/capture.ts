import { Writable } from 'node:stream';
import { createLogger, type Logger, type LoggerOptions } from '../src/index.ts';

/** A logger whose lines are collected; the last line break is left out. */
export function captureLog(options: Partial<LoggerOptions> = {}): { logger: Logger; lines: () => string[] } {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  const logger = createLogger({ name: 'test', json: true, debug: false, stream, ...options });
  return { logger, lines: () => text.split('\n').slice(0, -1) };
}

export type JsonLine = {
  asctime: string;
  levelname: string;
  name: string;
  process: number;
  message: string;
  trace_id?: string;
  span_id?: string;
  data: Record<string, unknown>;
};

/** The only line that logging `fields` gives, parsed. */
export function jsonLineOf(fields: unknown, message = 'message'): JsonLine {
  const { logger, lines } = captureLog();
  logger.error(message, fields as Record<string, unknown>);
  const [line, ...others] = lines();
  if (line === undefined || others.length > 0) throw new Error(`one line expected, got ${lines().length}`);
  return JSON.parse(line) as JsonLine;
}
