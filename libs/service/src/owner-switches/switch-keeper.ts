import { CodedError } from '@quay-observability/coded-errors';
import {
  createResolver,
  EMPTY_SNAPSHOT,
  type ParsedSnapshot,
  type Resolver,
  type Snapshot,
} from '@quay-observability/owner-switch';
import { admitSnapshot } from './admit-snapshot.ts';
import type { PollReport, SwitchPhase, SwitchState } from './owner-switches.ts';

/** Holds what is in force, and decides what may take its place. No I/O. */
export type SwitchKeeper = {
  readonly state: () => SwitchState;
  /** Compiled from what is in force. */
  readonly resolver: () => Resolver;
  readonly phase: () => SwitchPhase;
  readonly report: () => PollReport;
  /** The last snapshot as its source had it; undefined if there was none. */
  readonly known: () => Snapshot | undefined;
  /** The last known good from disk: in force until a poll confirms or replaces it. Only before the first poll. */
  readonly restore: (snapshot: Snapshot) => void;
  /**
   * Takes what a successful poll brought.
   *
   * @throws CodedError `SNAPSHOT_REFUSED` if it may not be used; `SNAPSHOT_UNAVAILABLE` if nothing is in force that
   * could be unchanged.
   */
  readonly accept: (polled: 'unchanged' | ParsedSnapshot) => 'changed' | 'unchanged';
  /** The poll failed or was refused. */
  readonly distrust: () => void;
};

export type SwitchKeeperOptions = {
  /** The kill switch of the environment, which no snapshot can release. */
  readonly forced: boolean;
  /** Switches that never change: no poll is expected, and they do not age. */
  readonly fixed?: Snapshot | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs?: () => number;
};

/** Keeps the switches of one process: fail-closed until something is known. */
export function createSwitchKeeper(options: SwitchKeeperOptions): SwitchKeeper {
  const { forced, fixed, nowMs = () => performance.now() } = options;
  const effective = (snapshot: Snapshot): Snapshot =>
    forced ? { ...snapshot, forcePython: true } : snapshot;
  let known = fixed;
  let inForce = effective(known ?? EMPTY_SNAPSHOT);
  let resolver = createResolver(inForce);
  let phase: SwitchPhase = fixed === undefined ? 'fail-closed' : 'fresh';
  let confirmedAtMs = nowMs();

  const put = (snapshot: Snapshot) => {
    known = snapshot;
    inForce = effective(snapshot);
    resolver = createResolver(inForce);
  };
  const ageSeconds = () => (fixed === undefined ? (nowMs() - confirmedAtMs) / 1000 : 0);

  return {
    state: () => ({ snapshot: inForce, phase, ageSeconds: ageSeconds() }),
    resolver: () => resolver,
    phase: () => phase,
    report: () => ({ version: inForce.version, phase, ageSeconds: ageSeconds() }),
    known: () => known,
    restore: (snapshot) => {
      put(snapshot);
      phase = 'last-known-good';
    },
    accept: (polled) => {
      if (polled === 'unchanged' && known === undefined)
        throw new CodedError('SNAPSHOT_UNAVAILABLE', 'The source has nothing new, but nothing is known here');
      const changed = polled !== 'unchanged' && admitSnapshot(known, polled.snapshot) === 'new';
      if (changed) put(polled.snapshot);
      confirmedAtMs = nowMs();
      phase = 'fresh';
      return changed ? 'changed' : 'unchanged';
    },
    distrust: () => {
      if (phase === 'fresh') phase = 'last-known-good';
    },
  };
}
