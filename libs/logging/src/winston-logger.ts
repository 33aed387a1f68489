import winston from 'winston';
import { BatchingTransport, MESSAGE } from './batching-transport.ts';
import type { LevelName, LogRecord } from './format-record.ts';
import type { LineWriter } from './line-writer.ts';

/** Python's levels, most important first, as winston orders them. */
const LEVELS: Record<LevelName, number> = { critical: 0, error: 1, warning: 2, info: 3, debug: 4 };

type Settings = { level: LevelName; format: (record: LogRecord) => string; writer: LineWriter };

/**
 * A winston logger with Python's levels that loses nothing. Winston's own path from a logger to its
 * transports is two object streams, which hold records back in memory once one tick logs more than
 * sixteen: they are lost at `process.exit()`. Its `write`, the seam winston's own `child()` uses,
 * therefore hands each record to format and transport in the same call
 * (docs/decisions/logging-batching-transport.md).
 */
export function createWinstonLogger({ level, format, writer }: Settings): winston.Logger {
  const transport = new BatchingTransport(writer);
  const lineFormat = winston.format((info) => {
    info[MESSAGE] = format(info as unknown as LogRecord);
    return info;
  })();
  const logger = winston.createLogger({ levels: LEVELS, level, format: lineFormat, transports: [transport] });
  const threshold = LEVELS[level];
  const write = (info: winston.Logform.TransformableInfo): boolean => {
    if ((LEVELS[info.level as LevelName] ?? 0) > threshold) return true;
    const formatted = lineFormat.transform(info, lineFormat.options);
    if (typeof formatted === 'object') transport.log(formatted as unknown as Record<symbol, string>, nothing);
    return true;
  };
  return Object.assign(logger, { write: write as winston.Logger['write'] });
}

function nothing(): void {
  // The transport has taken the line when `log` returns.
}
