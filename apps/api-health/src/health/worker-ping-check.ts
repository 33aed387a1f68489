import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ServiceCheck } from './service-check.ts';

const TIMEOUT_MS = 2000;
/** As Python's client follows them: nginx may send plain HTTP to TLS. */
const MAX_REDIRECTS = 5;

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

async function statusOf(url: string, signal: AbortSignal): Promise<number> {
  let target = url;
  for (let left = MAX_REDIRECTS; ; left -= 1) {
    const { status, redirect } = await exchange(target, signal);
    if (redirect === undefined || left === 0) return status;
    target = new URL(redirect, target).href;
  }
}

type Answer = { readonly status: number; readonly redirect: string | undefined };

/** The body is not read: the connection goes with the answer. */
function exchange(url: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    // The certificate of Quay is for its public name, not for localhost; Python does not verify it either.
    const sent = send(url, { agent: false, signal, rejectUnauthorized: false }, (response) => {
      const status = response.statusCode ?? 0;
      const isRedirect = [301, 302, 303, 307, 308].includes(status);
      resolve({ status, redirect: isRedirect ? response.headers.location : undefined });
      response.once('error', () => undefined);
      response.destroy();
    });
    sent.once('error', reject);
    sent.end();
  });
}
