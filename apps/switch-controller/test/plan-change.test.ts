import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotToJson } from '@quay-observability/owner-switch';
import { HttpProblem } from '@quay-observability/service';
import { planChange, type ChangeRequest } from '../src/changes/plan-change.ts';
import type { HistoryEntry } from '../src/store/history-entry.ts';
import { history, published } from './snapshots.ts';

const PULL = 'ROUTE_OWNER_CAP_V2_PULL';
const NOW = new Date('2026-02-16T12:00:00Z');
const current = published({
  version: 7,
  updated_by: 'bob',
  reason: 'an earlier reason',
  owners: { [PULL]: 'python' },
  canaries: { orgs: ['acme'], percent: 5 },
});

function plan(request: Partial<ChangeRequest>, entries: HistoryEntry[] = [], base = current): HistoryEntry {
  return planChange(
    { kind: 'put', body: {}, ifMatch: undefined, who: 'ann', ...request },
    base,
    entries,
    NOW,
  );
}

function refusal(request: Partial<ChangeRequest>, entries: HistoryEntry[] = [], base = current): HttpProblem {
  try {
    plan(request, entries, base);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
  return assert.fail('it was not refused');
}

function faultsOf({ status, details }: HttpProblem): Record<string, string> {
  assert.equal(status, 400);
  const faults = details.faults as { field: string; problem: string }[];
  return Object.fromEntries(faults.map(({ field, problem }) => [field, problem]));
}

test('a PUT publishes what it says under the next version, with its own author and time', () => {
  const body = {
    version: 7,
    updated_by: 'mallory',
    updated_at: 'whenever',
    reason: 'go',
    owners: { [PULL]: 'go' },
  };
  const { snapshot, changes } = plan({ body });
  assert.deepEqual(snapshotToJson(snapshot), {
    version: 8,
    updated_at: '2026-02-16T12:00:00.000Z',
    updated_by: 'ann',
    reason: 'go',
    force_python: false,
    owners: { [PULL]: 'go' },
    canaries: { orgs: [], repos: [], users: [], by_switch: {} },
  });
  assert.deepEqual(changes, [
    { field: PULL, from: 'python', to: 'go' },
    { field: 'canaries.orgs', from: 'acme', to: null },
    { field: 'canaries.percent', from: '5', to: null },
  ]);
});

test('the same switches again are no change', () => {
  assert.deepEqual(plan({ body: snapshotToJson(current.snapshot) }).changes, []);
});

test('a PATCH changes what it names, leaves the rest, and does not inherit the reason', () => {
  const { snapshot, changes } = plan({
    kind: 'patch',
    body: { version: 7, canaries: { percent: null, by_switch: { [PULL]: { users: ['eve'] } } } },
  });
  assert.deepEqual(changes, [
    { field: `canaries.by_switch.${PULL}.users`, from: null, to: 'eve' },
    { field: 'canaries.percent', from: '5', to: null },
  ]);
  assert.equal(snapshot.reason, undefined);
  assert.deepEqual([...snapshot.owners], [[PULL, 'python']]);
});

test('a PUT is told everything that is wrong with it at once', () => {
  const body = {
    version: 7,
    colour: 'blue',
    force_python: 'yes',
    owners: {
      [PULL]: 'off',
      ROUTE_OWNER_CAP_V2_PULLS: 'go',
      WORKER_OWNER_GCWORKER: false,
      WORKER_OWNER_NOBODY: 'go',
      route_owner_cap_v2_push: 'go',
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'Go',
    },
    canaries: {
      percent: 101,
      groups: [],
      by_switch: { ROUTE_OWNER_CAP_V2_BLOB: {}, [PULL]: { orgs: 'acme' } },
    },
  };
  const faults = faultsOf(refusal({ body }));
  assert.equal(faults.colour, 'unknown field');
  assert.equal(faults[`owners.${PULL}`], 'expected python, go');
  assert.equal(faults['owners.WORKER_OWNER_GCWORKER'], 'expected python, go, off');
  assert.equal(faults['owners.ROUTE_OWNER_CAP_V2_PULLS'], 'there is no such capability');
  assert.equal(faults['owners.WORKER_OWNER_NOBODY'], 'there is no such worker');
  assert.equal(faults['canaries.by_switch.ROUTE_OWNER_CAP_V2_BLOB'], 'there is no such switch in owners');
  for (const field of [
    'force_python',
    'owners.route_owner_cap_v2_push',
    'owners.ROUTE_OWNER_FAMILY_REGISTRY_V2',
    'canaries.percent',
    `canaries.by_switch.${PULL}.orgs`,
  ])
    assert.ok(field in faults, field);
});

test('what is no object, or nested without end, is refused before anything looks into it', () => {
  for (const body of [undefined, null, [], 'x', 7])
    assert.match(faultsOf(refusal({ body }))[''] ?? '', /object/);
  const deep: unknown = JSON.parse(`{"version": 7, "owners": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  for (const kind of ['put', 'patch', 'rollback'] as const)
    assert.match(faultsOf(refusal({ kind, body: deep }))[''] ?? '', /levels/);
});

test('a change says what it was made from: without a version 428, from another one 409', () => {
  for (const kind of ['put', 'patch', 'rollback'] as const) {
    assert.equal(refusal({ kind, body: {} }).status, 428);
    assert.equal(refusal({ kind, body: {}, ifMatch: '*' }).status, 428);
    const stale = refusal({ kind, body: { version: 6 } });
    assert.equal(stale.status, 409);
    assert.deepEqual(stale.details, { current_version: 7 });
    assert.equal(refusal({ kind, body: { version: 8 } }).status, 409);
    assert.equal(refusal({ kind, body: { version: '7' } }).status, 400);
    assert.equal(refusal({ kind, body: {}, ifMatch: '"6-00000000"' }).status, 409);
    assert.equal(refusal({ kind, body: { version: 7 }, ifMatch: '"6"' }).status, 409);
  }
});

test('If-Match takes an ETag, weakened or not, or a version', () => {
  for (const ifMatch of [`"${current.tag}"`, `W/"${current.tag}"`, '"7"', '7', `"1-aa", "${current.tag}"`])
    assert.equal(plan({ body: { owners: {} }, ifMatch }).snapshot.version, 8, ifMatch);
});

test('a patch cannot make a snapshot larger than processes take', () => {
  const names = (prefix: string) =>
    Array.from({ length: 5000 }, (_, index) => `${prefix}${index}-${'x'.repeat(110)}`);
  const base = published({ canaries: { orgs: names('a') } });
  const patch = (users: string[]) => ({ kind: 'patch' as const, body: { version: 7, canaries: { users } } });
  assert.equal(plan(patch(['ann']), [], base).snapshot.version, 8);
  assert.match(faultsOf(refusal(patch(names('b')), [], base))[''] ?? '', /at most 1048576 bytes/);
});

test('a rollback publishes the content before, under a new version', () => {
  const entries = history(
    { version: 7, owner: 'python' },
    { version: 6, owner: 'go' },
    { version: 5, owner: 'python' },
  );
  const base = published({ version: 7, owners: { [PULL]: 'python' } });
  const { snapshot, rolledBackTo } = plan(
    { kind: 'rollback', body: { version: 7, reason: 'errors' } },
    entries,
    base,
  );
  assert.equal(rolledBackTo, 6);
  assert.deepEqual([snapshot.version, snapshot.reason, snapshot.updatedBy], [8, 'errors', 'ann']);
  assert.equal(snapshot.owners.get(PULL), 'go');
  const chosen = plan({ kind: 'rollback', body: { version: 7, to_version: 5 } }, entries, base);
  assert.equal(chosen.rolledBackTo, 5);
});

test('rolling back twice goes back two changes, and does not bring the first one in again', () => {
  const entries = history(
    { version: 4, owner: 'go', rolledBackTo: 2 },
    { version: 3, owner: 'python' },
    { version: 2, owner: 'go' },
    { version: 1, owner: 'python' },
  );
  const base = published({ version: 4, owners: { [PULL]: 'go' } });
  assert.equal(plan({ kind: 'rollback', body: { version: 4 } }, entries, base).rolledBackTo, 1);
});

test('a rollback to what is not in the history is refused, and says how far it goes back', () => {
  const entries = history({ version: 7, owner: 'python' }, { version: 6, owner: 'go' });
  const faults = faultsOf(refusal({ kind: 'rollback', body: { version: 7, to_version: 3 } }, entries));
  assert.match(faults.to_version ?? '', /goes back to version 6/);
  assert.match(faultsOf(refusal({ kind: 'rollback', body: { version: 7 } })).to_version ?? '', /no history/);
  const unknown = faultsOf(refusal({ kind: 'rollback', body: { version: 7, to: 6, reason: 7 } }, entries));
  assert.deepEqual(Object.keys(unknown), ['to', 'reason']);
});
