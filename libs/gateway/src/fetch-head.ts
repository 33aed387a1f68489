import type { Upstream } from './upstream.ts';

/** The head of an answer to a HEAD request of the gateway's own. */
export type FetchedHead = { status: number; rawHeaders: readonly string[] };

/**
 * Asks an upstream with HEAD. `rawHeaders` is name, value, name, value ...; it should have a `Host`.
 * Rejects if there is no answer within the time.
 */
export function fetchHead(
  upstream: Upstream,
  { target, rawHeaders, timeoutMs }: { target: string; rawHeaders: string[]; timeoutMs: number },
): Promise<FetchedHead> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      call.abort();
      reject(new Error(`no answer to HEAD within ${timeoutMs} ms`));
    }, timeoutMs);
    const request = { method: 'HEAD', target, rawHeaders, body: undefined, expectsContinue: false };
    const call = upstream.send(request, {
      onHead: (status, _message, headers) => {
        clearTimeout(timer);
        resolve({ status, rawHeaders: headers });
      },
      onError: ({ message, cause }) => {
        clearTimeout(timer);
        reject(new Error(`the upstream ${message}`, { cause }));
      },
      onData: () => true,
      onEnd: () => undefined,
      onContinue: () => undefined,
      onBodySent: () => undefined,
    });
  });
}
