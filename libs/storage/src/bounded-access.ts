import { CodedError } from '@quay-observability/coded-errors';
import { AccessInDoubt } from './access-in-doubt.ts';
import { relativePath } from './relative-path.ts';

export type AccessLimits = {
  /** Of one access, from its start to its end. */
  readonly timeoutMs: number;
  /** Accesses that have not really ended, those given up on included. */
  readonly maxPending: number;
};

/** Accesses that were given up on and have not ended, of all who share this count. */
export type HungAccesses = { count: number; readonly max: number };

/** One access to a location: what is done to which path, and how. */
export type Access<T> = {
  /** For the message: `write`. */
  readonly verb: string;
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly work: (path: string, signal: AbortSignal) => Promise<T>;
};

/** How a kind of location fails. */
export type AccessFailures = {
  /** What went wrong, for messages; free of secrets. */
  readonly describe: (error: unknown) => string;
  /** Whether the location itself has said no: then nothing has been done, and nothing will be. */
  readonly isAnswer: (error: unknown) => boolean;
};

/**
 * Runs accesses to one location so that each ends in bounded time, with a coded error that names the
 * location and what was tried; an {@link AccessInDoubt} where it may take effect all the same. What hangs in
 * the operating system cannot be ended, only given up on: a location with too many such accesses is refused
 * further ones, or they would take all threads of the process. `hung` is for locations that share what an
 * access holds on to; unless told they share nothing.
 */
export function boundedAccess(
  location: string,
  limits: AccessLimits,
  { describe, isAnswer }: AccessFailures,
  hung: HungAccesses = { count: 0, max: Number.POSITIVE_INFINITY },
): <T>(access: Access<T>) => Promise<T> {
  let pending = 0;
  return async ({ verb, path, signal, work }) => {
    const checked = relativePath(path);
    // Without a cause: whoever logs the error would log with it what a server wrote.
    const text = (why: string) => `Storage location ${location}: cannot ${verb} ${checked}: ${why}`;
    const fail = (why: string) => new CodedError('STORAGE_FAILED', text(why));
    if (signal?.aborted === true) throw fail('it was called off');
    const tooMany = pending >= limits.maxPending ? pending : hung.count >= hung.max ? hung.count : undefined;
    if (tooMany !== undefined) throw fail(`${tooMany} earlier accesses still wait for an answer`);
    const end = new AbortController();
    const calledOff = Promise.withResolvers<never>();
    const ended = Promise.withResolvers<void>();
    const doubt = (why: string) => new AccessInDoubt(text(why), ended.promise);
    let isHung = false;
    const callOff = (why: string) => {
      if (!isHung) hung.count += 1;
      isHung = true;
      calledOff.reject(doubt(why));
      end.abort();
    };
    const onAbort = () => callOff('it was called off');
    const timer = setTimeout(() => callOff(`no answer within ${limits.timeoutMs} ms`), limits.timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    pending += 1;
    const done = work(checked, end.signal).finally(() => {
      pending -= 1;
      if (isHung) hung.count -= 1;
      ended.resolve();
    });
    try {
      return await Promise.race([done, calledOff.promise]);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      throw isAnswer(error) ? fail(describe(error)) : doubt(describe(error));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };
}
