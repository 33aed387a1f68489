import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import type { ServiceOverrides } from '@quay-observability/owner-switch';
import { boundPoll } from './bound-poll.ts';
import { createDeciders } from './decide-owner.ts';
import type { LastKnownGood } from './last-known-good.ts';
import { createProblemLog } from './log-problems.ts';
import { createSwitchLog } from './log-switches.ts';
import type {
  AgedAnswer,
  AnySwitchSource,
  OwnerSwitches,
  PollAnswer,
  SwitchState,
} from './owner-switches.ts';
import { runPollLoop, type Polled, type PollInterval } from './poll-loop.ts';
import { FRESH_SECONDS, type SwitchKeeper } from './switch-keeper.ts';
import type { SwitchMetrics } from './switch-metrics.ts';

export type OwnerSwitchesOptions = {
  readonly source: AnySwitchSource;
  readonly interval: PollInterval;
  readonly store: LastKnownGood;
  readonly keeper: SwitchKeeper;
  readonly overrides: ServiceOverrides;
  readonly metrics: SwitchMetrics;
  readonly log: Logger;
  /** For an answer beyond the time that the source may wait for a change. */
  readonly answerLimitMs?: number;
};

/** The switches of one process and what keeps them up to date. */
export type FollowedSwitches = OwnerSwitches & {
  /**
   * Begins to poll. Resolves after the first poll that succeeds, but within 3 s and when `stop` aborts. Never rejects.
   */
  readonly start: (stop: AbortSignal) => Promise<void>;
  /** Why the switches are not fresh, in words; undefined if they are. */
  readonly trouble: () => string | undefined;
  /** Stops polling at once, a poll that is held included; resolves when what is being kept on disk is there. */
  readonly close: () => Promise<void>;
};

const ANSWER_LIMIT_MS = 5000;
/** For the source to answer: after that an app starts with what there is. */
const FIRST_ANSWER_LIMIT_MS = 3000;
/** For the last known good to be read: no disk may hold up the first poll for longer. */
const RESTORE_LIMIT_MS = 1000;

/** Follows a source: polls it, takes what may be used, and keeps it for the next start. */
export function createOwnerSwitches(options: OwnerSwitchesOptions): FollowedSwitches {
  const { source, interval, store, keeper, overrides, metrics, log } = options;
  const { answerLimitMs = ANSWER_LIMIT_MS } = options;
  const switchLog = createSwitchLog(log, source.name, overrides);
  const problems = createProblemLog(
    log,
    `The owner switches cannot be updated from ${source.name}.`,
    `The owner switches are up to date again (${source.name}).`,
  );
  const listeners = new Set<(state: SwitchState) => void>();
  const stop = new AbortController();

  /** Runs a step that may change what is in force, and tells those who want to know. */
  const tellingChanges = <T>(step: () => T): T => {
    const before = keeper.known();
    const phase = keeper.phase();
    try {
      return step();
    } finally {
      const after = keeper.known();
      const changed = after !== before;
      if (changed && after !== undefined) switchLog.inForce(after, before);
      if (changed || keeper.phase() !== phase) tell();
    }
  };
  const tell = () => {
    for (const listener of listeners) {
      try {
        listener(keeper.state());
      } catch (error) {
        log.error('A change of the owner switches could not be followed.', { error });
      }
    }
  };

  const pollOnce = async (waitMs: number): Promise<Polled> => {
    const { answer, ended } = boundPoll(waitMs + answerLimitMs, stop.signal, (signal) =>
      source.poll({ inForce: keeper.report(), waitMs, signal }),
    );
    try {
      const { answer: polled, ageSeconds } = withAge(await answer);
      const outcome = tellingChanges(() => keeper.accept(polled, ageSeconds));
      metrics.polled(outcome);
      if (outcome === 'changed' && polled !== 'unchanged')
        switchLog.warnings(polled.warnings, polled.snapshot.version);
      const known = keeper.known();
      if (known !== undefined) store.keep(known);
      if (keeper.phase() === 'fresh') problems.recovered();
      else problems.failed(notConfirmed(source.name));
      return outcome;
    } catch (error) {
      if (stop.signal.aborted) return 'failed';
      metrics.polled(isRefusal(error) ? 'refused' : 'unavailable');
      problems.failed(error);
      tellingChanges(() => keeper.distrust());
      // A source that does not heed its signal is not asked again before it is done.
      await ended;
      return 'failed';
    }
  };

  const restore = async () => {
    const snapshot = await Promise.race([store.restore(), passed(RESTORE_LIMIT_MS, stop.signal)]);
    if (snapshot !== undefined) tellingChanges(() => keeper.restore(snapshot));
  };

  let running: Promise<void> = Promise.resolve();
  return {
    ...createDeciders({ keeper, overrides, count: metrics.decided }),
    state: keeper.state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start: async (stopStarting) => {
      const first = Promise.withResolvers<void>();
      const poll = async (waitMs: number): Promise<Polled> => {
        const polled = await pollOnce(waitMs);
        if (polled !== 'failed') first.resolve();
        return polled;
      };
      running = restore()
        .then(() => runPollLoop({ ...interval, poll }, stop.signal))
        .finally(first.resolve);
      await Promise.race([first.promise, passed(FIRST_ANSWER_LIMIT_MS, stopStarting)]);
    },
    trouble: () => {
      const { phase, snapshot } = keeper.state();
      if (phase === 'fresh') return undefined;
      const cause = problems.cause() ?? 'They have not been polled yet';
      return phase === 'fail-closed'
        ? `everything belongs to python: ${cause}`
        : `version ${snapshot.version} is the last known good: ${cause}`;
    },
    close: async () => {
      stop.abort();
      await running;
      await store.settled();
    },
  };
}

/** Resolves after a while, at once when `signal` aborts. */
async function passed(ms: number, signal: AbortSignal): Promise<undefined> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

function withAge(polled: PollAnswer | AgedAnswer): AgedAnswer {
  return polled !== 'unchanged' && 'answer' in polled ? polled : { answer: polled, ageSeconds: 0 };
}

/** Without the age, which grows: each cause is logged once. */
function notConfirmed(source: string): CodedError {
  return new CodedError(
    'SNAPSHOT_UNAVAILABLE',
    `${source} answers, but has itself not been able to confirm these owner switches for more than ${FRESH_SECONDS} s`,
  );
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof CodedError && (error.code === 'SNAPSHOT_INVALID' || error.code === 'SNAPSHOT_REFUSED')
  );
}
