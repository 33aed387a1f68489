import { CodedError } from '@quay-observability/coded-errors';
import {
  createResolver,
  EMPTY_SNAPSHOT,
  type Resolver,
  type Snapshot,
} from '@quay-observability/owner-switch';
import { admitSnapshot } from './admit-snapshot.ts';
import type { PollAnswer, PollReport, SwitchPhase, SwitchState } from './owner-switches.ts';

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
   * Takes what a successful poll brought, and what was true `ageSeconds` ago. Above 30 s it is not `fresh`.
   *
   * @throws CodedError `SNAPSHOT_REFUSED` if it may not be used; `SNAPSHOT_UNAVAILABLE` if nothing is in force that
   * could be unchanged.
   */
  readonly accept: (polled: PollAnswer, ageSeconds?: number) => 'changed' | 'unchanged';
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

/** A change reaches every process within 30 s (contract section 13): what was confirmed before may be over. */
export const FRESH_SECONDS = 30;

/** Keeps the switches of one process: fail-closed until something is known. */
export function createSwitchKeeper(options: SwitchKeeperOptions): SwitchKeeper {
  const { forced, fixed, nowMs = () => performance.now() } = options;
  const effective = (snapshot: Snapshot): Snapshot =>
    forced ? { ...snapshot, forcePython: true } : snapshot;
  let known = fixed;
  let inForce = effective(known ?? EMPTY_SNAPSHOT);
  let resolver = createResolver(inForce);
  let phase: SwitchPhase = fixed === undefined ? 'fail-closed' : 'fresh';
  const beganAtMs = nowMs();
  let confirmedAtMs: number | undefined;

  const put = (snapshot: Snapshot) => {
    known = snapshot;
    inForce = effective(snapshot);
    resolver = createResolver(inForce);
  };
  const ageSeconds = () => (fixed === undefined ? (nowMs() - (confirmedAtMs ?? beganAtMs)) / 1000 : 0);
  /** Another replica may have confirmed later what this one confirms; that says nothing about a new version. */
  const confirmed = (seconds: number, isNew: boolean) => {
    const atMs = nowMs() - Math.max(seconds, 0) * 1000;
    confirmedAtMs = isNew ? atMs : Math.max(confirmedAtMs ?? -Infinity, atMs);
  };

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
    accept: (polled, answerAgeSeconds = 0) => {
      if (polled === 'unchanged' && known === undefined)
        throw new CodedError('SNAPSHOT_UNAVAILABLE', 'The source has nothing new, but nothing is known here');
      const changed = polled !== 'unchanged' && admitSnapshot(known, polled.snapshot) === 'new';
      if (changed) put(polled.snapshot);
      confirmed(answerAgeSeconds, changed);
      phase = ageSeconds() > FRESH_SECONDS ? 'last-known-good' : 'fresh';
      return changed ? 'changed' : 'unchanged';
    },
    distrust: () => {
      if (phase === 'fresh') phase = 'last-known-good';
    },
  };
}
