import { Writable } from 'node:stream';
import { createLogger, type Logger } from '@quay-observability/logging';

export type LogLine = { levelname: string; message: string; data: Record<string, unknown> };

/** A logger whose lines can be looked at. */
export function captureLog(): { log: Logger; lines: () => LogLine[]; messages: () => string[] } {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  const log = createLogger({ name: 'test', json: true, debug: false, stream });
  const lines = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  return { log, lines, messages: () => lines().map(({ message }) => message) };
}
