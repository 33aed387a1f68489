import { ApiError, readApiError } from './api-error.ts';

/** The controller's JSON API. Paths are relative to the page, so that it may lie below a prefix. */
export type ApiClient = {
  /** @throws ApiError */
  read<Answer>(path: string): Promise<Answer>;
  /** Sends a change with the bearer token. @throws ApiError */
  write<Answer>(method: 'PATCH' | 'POST', path: string, body: unknown, token: string): Promise<Answer>;
  /** Now, by the controller's clock, in milliseconds: ages must not depend on the clock of whoever looks. */
  now(): number;
};

const READ_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 15_000;

export function createApiClient(): ApiClient {
  let ahead: number | undefined;
  const request = async <Answer>(path: string, init: RequestInit, timeoutMs: number): Promise<Answer> => {
    let response: Response;
    let body: string;
    try {
      response = await fetch(path, {
        ...init,
        cache: 'no-cache',
        credentials: 'same-origin',
        signal: AbortSignal.timeout(timeoutMs),
      });
      body = await response.text();
    } catch (error) {
      const late = error instanceof DOMException && error.name === 'TimeoutError';
      throw new ApiError(0, late ? `no answer within ${timeoutMs / 1000} s` : 'no connection');
    }
    if (!response.ok) throw readApiError(response.status, body);
    const date = Date.parse(response.headers.get('Date') ?? '');
    // A date has whole seconds: the largest difference seen is the nearest one.
    if (!Number.isNaN(date)) ahead = Math.max(ahead ?? -Infinity, date - Date.now());
    try {
      return JSON.parse(body) as Answer;
    } catch {
      throw new ApiError(response.status, 'the answer is no JSON');
    }
  };
  return {
    read: (path) => request(path, {}, READ_TIMEOUT_MS),
    write: (method, path, body, token) =>
      request(
        path,
        {
          method,
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': contentTypes[method] },
          body: JSON.stringify(body),
        },
        WRITE_TIMEOUT_MS,
      ),
    now: () => Date.now() + (ahead ?? 0),
  };
}

const contentTypes = { PATCH: 'application/merge-patch+json', POST: 'application/json' };
