import { diffSnapshots, snapshotToJson, type Snapshot } from '@quay-observability/owner-switch';
import { isTooLarge, MAX_PUBLISHED_BYTES, type Published } from '../published.ts';
import type { HistoryEntry } from '../store/history-entry.ts';
import { invalidChange } from './invalid-change.ts';
import { requireObject, without, type JsonObject } from './json-object.ts';
import { mergePatch } from './merge-patch.ts';
import { checkPrecondition } from './precondition.ts';
import { previousContent } from './rollback-target.ts';
import { strictSnapshot } from './strict-snapshot.ts';

/** A request to change what is published. */
export type ChangeRequest = {
  readonly kind: 'put' | 'patch' | 'rollback';
  /** Parsed JSON, not looked at yet. */
  readonly body: unknown;
  /** The header `If-Match`. */
  readonly ifMatch: string | undefined;
  /** Who wants it: the name of the token. */
  readonly who: string;
};

/**
 * What a change would publish, with its differences; none if it changes nothing. Throws an `HttpProblem`: 400 with
 * every fault, 409, 428.
 */
export function planChange(
  { kind, body, ifMatch, who }: ChangeRequest,
  current: Published,
  history: readonly HistoryEntry[],
  now: Date,
): HistoryEntry {
  const value = requireObject(body);
  checkPrecondition({ version: value.version, ifMatch }, current);
  const { content, rolledBackTo } = CONTENT[kind](value, current.snapshot, history);
  const snapshot: Snapshot = {
    ...content,
    version: current.snapshot.version + 1,
    updatedAt: now.toISOString(),
    updatedBy: who,
  };
  // A small patch may make a snapshot larger than a body could be.
  if (isTooLarge(snapshot))
    throw invalidChange([{ field: '', problem: `expected at most ${MAX_PUBLISHED_BYTES} bytes as a whole` }]);
  return { snapshot, changes: diffSnapshots(current.snapshot, snapshot), rolledBackTo };
}

type Content = { content: Snapshot; rolledBackTo?: number | undefined };

const CONTENT: Record<
  ChangeRequest['kind'],
  (value: JsonObject, current: Snapshot, history: readonly HistoryEntry[]) => Content
> = {
  put: (value, current) => ({ content: strictSnapshot(stamped(value, current)) }),
  patch: (value, current) => {
    // The reason of the last change is none for this one.
    const base = without(snapshotToJson(current), 'reason');
    const merged = requireObject(mergePatch(mergePatch(base, withoutTheirCanaries(value.owners)), value));
    return { content: strictSnapshot(stamped(merged, current)) };
  },
  rollback: (value, current, history) => {
    const { to_version: wanted, reason } = parseRollback(value);
    const target =
      wanted === undefined
        ? previousContent(history, current)
        : history.find(({ snapshot }) => snapshot.version === wanted);
    if (target === undefined) throw notInHistory(history);
    return { content: { ...target.snapshot, reason }, rolledBackTo: target.snapshot.version };
  },
};

/** A switch that is taken away takes its canary along. */
function withoutTheirCanaries(owners: unknown): JsonObject {
  const removed = Object.entries(owners ?? {}).filter(([, owner]) => owner === null);
  return removed.length === 0 ? {} : { canaries: { by_switch: Object.fromEntries(removed) } };
}

/** What a client says about version, time and author is what it read; the controller writes its own. */
function stamped(value: JsonObject, { version, updatedAt }: Snapshot): JsonObject {
  return { ...without(value, 'updated_by'), version, updated_at: updatedAt };
}

function parseRollback(value: JsonObject): { to_version: number | undefined; reason: string | undefined } {
  const { to_version: target, reason } = value;
  const unknown = Object.keys(without(value, 'version', 'to_version', 'reason'));
  const faults = unknown.map((field) => ({ field, problem: 'unknown field' }));
  if (target !== undefined && !Number.isSafeInteger(target))
    faults.push({ field: 'to_version', problem: 'expected a version of GET /v1/history' });
  if (reason !== undefined && !(typeof reason === 'string' && reason.length <= 1000))
    faults.push({ field: 'reason', problem: 'expected a string of at most 1000 characters' });
  if (faults.length > 0) throw invalidChange(faults);
  return { to_version: target as number | undefined, reason: reason as string | undefined };
}

function notInHistory(history: readonly HistoryEntry[]) {
  const oldest = history.at(-1)?.snapshot.version;
  const problem =
    oldest === undefined
      ? 'there is no history to go back to'
      : `the history goes back to version ${oldest}, and has no such version to go back to`;
  return invalidChange([{ field: 'to_version', problem }]);
}
