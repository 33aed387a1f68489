import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ServiceCheck } from './service-check.ts';

const TIMEOUT_MS = 2000;

/** Asks a process of Quay on this host whether it answers with 200 (contract section 10). */
export function createWorkerPingCheck(name: string, url: string): ServiceCheck {
  return {
    name,
    check: async (signal) => {
      let status: number;
      try {
        status = await statusOf(url, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
      } catch {
        return { healthy: false, failure: `Exception when checking worker health: ${url}` };
      }
      if (status === 200) return { healthy: true };
      return { healthy: false, failure: `Got non-200 response for worker: ${status}` };
    },
  };
}

/** The body is not read: the connection goes with the answer. */
function statusOf(url: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    // The certificate of Quay is for its public name, not for localhost; Python does not verify it either.
    const sent = send(url, { agent: false, signal, rejectUnauthorized: false }, (response) => {
      resolve(response.statusCode ?? 0);
      response.once('error', () => undefined);
      response.destroy();
    });
    sent.once('error', reject);
    sent.end();
  });
}
