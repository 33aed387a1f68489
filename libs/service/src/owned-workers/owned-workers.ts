import type { Logger } from '@quay-observability/logging';
import type { WorkerApp } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { Program, WorkerDecision } from '@quay-observability/owner-switch';
import type { ComposedApp } from '../app-definition.ts';
import type { OwnerSwitches } from '../owner-switches/owner-switches.ts';
import type { HealthCheck } from '@quay-observability/health';
import { createWorkRunner, type OwnedWork, type WorkLimits } from './work-runner.ts';

/** A program of this app: what does its work, or why nothing does (`there is no database to collect in`). */
export type OwnedProgram =
  | { readonly program: Program; readonly work: OwnedWork }
  | { readonly program: Program; readonly missing: string };

export type OwnedWorkersOptions = {
  readonly switches: OwnerSwitches;
  readonly log: Logger;
  readonly metrics: Pick<Metrics<WorkerApp>, 'gauge'>;
  readonly addReadinessCheck: (check: HealthCheck) => void;
  readonly programs: readonly OwnedProgram[];
  readonly limits?: Partial<WorkLimits>;
};

/** Does, or does not do, what a program's owner asks for. */
type Follower = {
  readonly follow: (decision: WorkerDecision) => void;
  readonly trouble: () => string | undefined;
  readonly close: () => Promise<void>;
};

/**
 * An app that works while its programs belong to `go`, and is up, ready and idle while they do not (contract
 * section 13). A change of owner starts or stops the work of each program by itself. Owner `go` without work is an
 * error that makes the app unready: nobody does that work.
 */
export function ownedWorkers(options: OwnedWorkersOptions): ComposedApp {
  const { switches, log, metrics, addReadinessCheck, programs, limits = {} } = options;
  const running = metrics.gauge('quay_worker_running');
  const followers = programs.map((owned): [Program, Follower] => {
    const { program } = owned;
    running.set({ program }, 0);
    const follower =
      'work' in owned
        ? followWithWork(owned, log, limits, (isRunning) => running.set({ program }, isRunning ? 1 : 0))
        : followWithoutWork(owned, log);
    addReadinessCheck({
      name: `worker ${program}`,
      required: true,
      check: () => {
        const trouble = follower.trouble();
        return trouble === undefined ? Promise.resolve() : Promise.reject(new Error(trouble));
      },
    });
    return [program, loggingOwners(follower, log)];
  });
  const followAll = () => {
    for (const [program, follower] of followers) follower.follow(switches.worker(program));
  };
  let unfollow = () => undefined as void;
  return {
    start: () => {
      unfollow = switches.onChange(followAll);
      followAll();
      return Promise.resolve();
    },
    stop: async () => {
      unfollow();
      await Promise.all(followers.map(([, follower]) => follower.close()));
    },
  };
}

function followWithWork(
  { program, work }: { program: Program; work: OwnedWork },
  log: Logger,
  limits: Partial<WorkLimits>,
  onRunning: (running: boolean) => void,
): Follower {
  const runner = createWorkRunner({ program, work, log, limits, onRunning });
  return {
    follow: ({ owner }) => runner.want(owner === 'go'),
    trouble: runner.trouble,
    close: runner.close,
  };
}

function followWithoutWork(
  { program, missing }: { program: Program; missing: string },
  log: Logger,
): Follower {
  const nobody = `nobody does the work of ${program}: its owner is go, and ${missing}`;
  let owner = 'python';
  return {
    follow: (decision) => {
      if (decision.owner === 'go' && owner !== 'go')
        log.error(`${nobody[0]?.toUpperCase()}${nobody.slice(1)}.`, { program });
      owner = decision.owner;
    },
    trouble: () => (owner === 'go' ? nobody : undefined),
    close: () => Promise.resolve(),
  };
}

/** Says at the start, and whenever it changes, whose work it is. */
function loggingOwners(follower: Follower, log: Logger): Follower {
  let last: string | undefined;
  return {
    ...follower,
    follow: (decision) => {
      const { capability: program, owner, source } = decision;
      if (owner !== last)
        log.info(owner === 'go' ? `${program} belongs to go.` : `Idle: ${program} belongs to ${owner}.`, {
          program,
          owner,
          source,
        });
      last = owner;
      follower.follow(decision);
    },
  };
}
