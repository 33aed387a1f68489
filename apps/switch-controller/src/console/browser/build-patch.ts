import type { CanaryJson, SnapshotAnswer } from './api-types.ts';
import type { Subject } from './subject.ts';

/** What the form says. */
export type ChangeChoice = {
  /** `inherit` takes the switch away. */
  readonly owner: string;
  /** Whom `go` takes in: `general` leaves it to the canary for all switches. */
  readonly gate: 'everybody' | 'general' | 'own';
  /** Counts for the gate `own`. */
  readonly canary: CanaryJson;
  readonly reason: string;
};

/** A request that changes the switches; `body` carries the version that it is based on. */
export type ChangeRequest = {
  readonly method: 'PATCH' | 'POST';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
};

/** The request for a choice: a merge patch (RFC 7396) of the snapshot, or a rollback. */
export function buildRequest(
  subject: Subject,
  choice: ChangeChoice,
  snapshot: SnapshotAnswer,
): ChangeRequest {
  const base = { version: snapshot.version, reason: choice.reason };
  switch (subject.kind) {
    case 'rollback':
      return { method: 'POST', path: 'v1/rollback', body: { ...base, to_version: subject.toVersion } };
    case 'kill-switch':
      return patch({ ...base, force_python: subject.force });
    case 'owner': {
      const { switchName } = subject;
      const owner = choice.owner === 'inherit' ? null : choice.owner;
      const canary = canaryPatch(switchName, choice, snapshot);
      return patch({
        ...base,
        owners: { [switchName]: owner },
        ...(canary === undefined ? {} : { canaries: { by_switch: { [switchName]: canary } } }),
      });
    }
  }
}

/** Whether a canary takes in less than everybody. */
export function isGated(canary: CanaryJson | null | undefined): boolean {
  if (canary === null || canary === undefined) return false;
  const { orgs, repos, users, percent } = canary;
  return orgs.length + repos.length + users.length > 0 || (percent !== null && percent !== undefined);
}

/** What the form shows at first: what is in force now. */
export function currentChoice(switchName: string, snapshot: SnapshotAnswer): Omit<ChangeChoice, 'reason'> {
  const own = snapshot.canaries?.by_switch?.[switchName];
  const gate = own === undefined ? (isGated(snapshot.canaries) ? 'general' : 'everybody') : gateOf(own);
  return { owner: snapshot.owners[switchName] ?? 'inherit', gate, canary: own ?? NO_CANARY };
}

export const NO_CANARY: CanaryJson = { orgs: [], repos: [], users: [], percent: null };

function gateOf(own: CanaryJson): ChangeChoice['gate'] {
  return isGated(own) ? 'own' : 'everybody';
}

/** The switch's own canary: null takes it away, undefined leaves it as it is: absent. */
function canaryPatch(
  switchName: string,
  { owner, gate, canary }: ChangeChoice,
  { canaries }: SnapshotAnswer,
): CanaryJson | null | undefined {
  if (owner === 'go' && gate === 'own') return canary;
  // An empty canary of its own keeps the general one away.
  if (owner === 'go' && gate === 'everybody' && isGated(canaries)) return NO_CANARY;
  return canaries?.by_switch?.[switchName] === undefined ? undefined : null;
}

function patch(body: Record<string, unknown>): ChangeRequest {
  return { method: 'PATCH', path: 'v1/snapshot', body };
}
