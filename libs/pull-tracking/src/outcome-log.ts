import { AsyncResource } from 'node:async_hooks';
import type { Logger } from '@quay-observability/logging';
import type { PullOutcome } from './pull-outcome.ts';

/** How long further losses of a kind are only counted after one was logged. */
const LOSS_QUIET_MS = 10_000;
/** What tells of the registry's content rather than of an outage does so for ever. */
const ODDITY_QUIET_MS = 600_000;

const WORDS: Readonly<Partial<Record<PullOutcome, { readonly message: string; readonly quietMs: number }>>> =
  {
    unknown_repository: {
      message: 'Pulls are not tracked: the database does not know the repository.',
      quietMs: ODDITY_QUIET_MS,
    },
    no_digest: { message: 'Pulls are not tracked: the answer had no digest.', quietMs: ODDITY_QUIET_MS },
    invalid: {
      message: 'Pulls are not tracked: their repository, tag, digest or time is malformed.',
      quietMs: ODDITY_QUIET_MS,
    },
    queue_full: { message: 'Pulls are not tracked: the queue is full.', quietMs: LOSS_QUIET_MS },
    database_unavailable: {
      message: 'Pulls are not tracked: the database does not tell the id of their repository.',
      quietMs: LOSS_QUIET_MS,
    },
    redis_unavailable: { message: 'Pulls are not tracked: Redis cannot be reached.', quietMs: LOSS_QUIET_MS },
    unanswered: {
      message: 'Pulls may not be tracked: Redis was sent them and did not answer. They are not sent again.',
      quietMs: LOSS_QUIET_MS,
    },
    refused: { message: 'Pulls are not tracked: Redis refused them.', quietMs: LOSS_QUIET_MS },
  };

/** Logs losses of each kind: the first at once, then at most one line in a while with their number. */
export type OutcomeLog = {
  settled(outcome: PullOutcome, count: number, error: unknown): void;
  /** Logs what has only been counted, and how many pulls the shutdown left. */
  close(): void;
};

type Quiet = { count: number; error: unknown; readonly timer: NodeJS.Timeout };

export function createOutcomeLog(log: Pick<Logger, 'warning'>): OutcomeLog {
  const quiet = new Map<PullOutcome, Quiet>();
  let atShutdown = 0;

  const write = (outcome: PullOutcome, message: string, count: number, error: unknown): void => {
    log.warning(message, { outcome, count, ...(error !== undefined && { error }) });
  };
  const endQuiet = (outcome: PullOutcome, message: string): void => {
    const { count = 0, error } = quiet.get(outcome) ?? {};
    quiet.delete(outcome);
    if (count > 0) write(outcome, message, count, error);
  };

  return {
    settled(outcome, count, error) {
      if (outcome === 'shutdown') atShutdown += count;
      const words = WORDS[outcome];
      if (words === undefined) return;
      const silent = quiet.get(outcome);
      if (silent !== undefined) {
        silent.count += count;
        silent.error = error;
        return;
      }
      write(outcome, words.message, count, error);
      // This line is about many pulls: it must not carry the trace of the one that started the timer.
      const end = AsyncResource.bind(() => {
        endQuiet(outcome, words.message);
      });
      quiet.set(outcome, { count: 0, error: undefined, timer: setTimeout(end, words.quietMs).unref() });
    },
    close() {
      for (const [outcome, { timer }] of [...quiet]) {
        clearTimeout(timer);
        endQuiet(outcome, WORDS[outcome]?.message ?? '');
      }
      if (atShutdown > 0)
        write(
          'shutdown',
          'Pulls are not tracked: they were left when the app stopped.',
          atShutdown,
          undefined,
        );
      atShutdown = 0;
    },
  };
}
