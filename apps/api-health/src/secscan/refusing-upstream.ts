import { STATUS_CODES } from 'node:http';
import type { Upstream } from '@quay-observability/gateway';

/** Stands in the place of Clair for requests that never reach it: answers all of them alike. */
export function createRefusingUpstream(status: number, body: Buffer): Upstream {
  const headers = ['Content-Length', String(body.length)];
  if (body.length > 0) headers.push('Content-Type', 'application/json');
  return {
    name: 'gateway',
    origin: 'http://gateway',
    host: 'gateway',
    send: (_request, handler) => {
      let aborted = false;
      // Not before the caller knows of the call.
      queueMicrotask(() => {
        if (aborted) return;
        handler.onHead(status, STATUS_CODES[status] ?? '', headers);
        if (body.length > 0) handler.onData(body);
        handler.onEnd([]);
      });
      return {
        resume: () => undefined,
        abort: () => {
          aborted = true;
        },
      };
    },
    close: () => Promise.resolve(),
  };
}
