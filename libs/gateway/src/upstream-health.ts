import * as http from 'node:http';
import * as https from 'node:https';

/** Whether an upstream answers. */
export type UpstreamHealth = { up: boolean; status: number | undefined; message: string };

export type UpstreamHealthOptions = {
  /** Origin of the upstream. */
  url: string;
  path: string;
  timeoutMs: number;
  /** How long an outcome is good for; callers at the same time share one request. */
  cacheMs: number;
};

/** Asks the upstream itself, on a connection of its own: any answer below 500 means that it is up. */
export function createUpstreamHealth(options: UpstreamHealthOptions): { check(): Promise<UpstreamHealth> } {
  let latest: { atMs: number; health: Promise<UpstreamHealth> } | undefined;
  return {
    check() {
      const now = performance.now();
      if (latest === undefined || now - latest.atMs > options.cacheMs) {
        latest = { atMs: now, health: probe(options) };
      }
      return latest.health;
    },
  };
}

function probe({ url, path, timeoutMs }: UpstreamHealthOptions): Promise<UpstreamHealth> {
  const target = new URL(path, url);
  const get = target.protocol === 'https:' ? https.get : http.get;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = get(target, { agent: false, signal }, (response) => {
      response.resume();
      request.destroy();
      const status = response.statusCode ?? 0;
      resolve({ up: status < 500, status, message: `answered ${status}` });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const message = signal.aborted ? `no answer within ${timeoutMs} ms` : (error.code ?? error.message);
      resolve({ up: false, status: undefined, message });
    });
  });
}
