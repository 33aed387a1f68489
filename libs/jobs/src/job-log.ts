import type { Logger } from '@quay-observability/logging';
import { failureOf } from './stored-failure.ts';
import type { RunOutcome } from './run-job.ts';

/** Says what changes, and not what stays as it is: a job may fail every 30 s for days. */
export type JobLog = {
  readonly ran: (outcome: RunOutcome) => void;
  /** The queue cannot be used, for this reason. */
  readonly waits: (error: unknown) => void;
  /** The queue answers. */
  readonly goesOn: () => void;
  readonly stalled: () => void;
  /** What was in Redis could not be read, and is gone. */
  readonly madeAnew: () => void;
  readonly advice: (text: string) => void;
};

export function createJobLog(log: Logger, program: string): JobLog {
  let failing: string | undefined;
  let waiting = false;
  const advised = new Set<string>();
  return {
    ran: (outcome) => {
      if (outcome.outcome === 'completed') {
        if (failing !== undefined) log.info(`Runs of ${program} succeed again.`, { program });
        failing = undefined;
      }
      if (outcome.outcome === 'failed') {
        const failure = failureOf(outcome.error);
        if (failure !== failing)
          log.error(`A run of ${program} failed; further failures of this kind are only counted.`, {
            program,
            error: outcome.error,
          });
        failing = failure;
      }
      if (outcome.outcome === 'lost')
        log.warning(`A run of ${program} was cut short; it is done again.`, {
          program,
          error: outcome.error,
        });
      if (outcome.outcome === 'handed_back')
        log.info(`A run of ${program} was handed back to the other replicas.`, { program });
    },
    waits: (error) => {
      if (!waiting)
        log.warning(`The schedule of ${program} waits for Redis.`, { program, error: textOf(error) });
      waiting = true;
    },
    goesOn: () => {
      if (waiting) log.info(`The schedule of ${program} goes on.`, { program });
      waiting = false;
    },
    stalled: () =>
      log.warning(`A run of ${program} was left by a replica that fell silent; it is done again.`, {
        program,
      }),
    madeAnew: () =>
      log.error(`The queue of ${program} in Redis could not be read; it is made anew.`, { program }),
    advice: (text) => {
      if (!advised.has(text)) log.warning(`The jobs of ${program}: ${text}.`, { program });
      advised.add(text);
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
