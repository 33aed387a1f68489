import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, describeFailure, isConflict, readApiError } from '../src/console/browser/api-error.ts';
import type { ProcessState } from '../src/console/browser/api-types.ts';
import { describeConflict } from '../src/console/browser/describe-conflict.ts';
import { describeProgress, progressOf } from '../src/console/browser/propagation-watch.ts';

function process(name: string, version: number, seconds: number | null, status = 'current'): ProcessState {
  return {
    id: name,
    process_name: name,
    host: 'h',
    pid: 1,
    version,
    state: 'fresh',
    snapshot_age_seconds: 1,
    last_seen: '2026-02-16T10:11:12Z',
    propagation_seconds: seconds,
    status,
  };
}

function progress(...processes: ProcessState[]) {
  const answer = { version: 8, slowest_propagation_seconds: null, pending: 0, processes };
  return describeProgress(progressOf(answer, 8), 8);
}

test('propagation is told until the last process follows, and who took longest', () => {
  const slow = process('gc-worker', 8, 4.2);
  const fast = process('api-health', 9, 0.3);
  assert.equal(
    progress(slow, fast, process('late', 7, null, 'behind')),
    '2 of 3 processes follow version 8.',
  );
  assert.equal(
    progress(fast, slow),
    'All 2 processes follow version 8. The slowest took 4.2 s: gc-worker (h, pid 1).',
  );
  assert.equal(progress(), 'Version 8 is published. No process has reported to the controller.');
});

test('nobody waits for a silent process, and it is not forgotten either', () => {
  assert.equal(
    progress(process('api-health', 8, null), process('gone', 7, null, 'silent')),
    'All 1 process follows version 8. 1 process is silent.',
  );
});

test('refusals are told in words that say what to do', () => {
  const fault = { field: 'owners.X', problem: 'there is no such capability' };
  assert.match(
    describeFailure(new ApiError(400, 'no', 'SNAPSHOT_INVALID', [fault])),
    /owners\.X: there is no/,
  );
  assert.match(describeFailure(new ApiError(401, 'no')), /does not know this token/);
  assert.match(describeFailure(new ApiError(403, 'SWITCH_ADMIN_TOKENS names nobody')), /SWITCH_ADMIN_TOKENS/);
  assert.match(describeFailure(new ApiError(409, 'a file is the truth')), /a file is the truth/);
  assert.match(describeFailure(new ApiError(503, 'Redis is away')), /store is away.*Redis is away/);
  assert.match(describeFailure(new ApiError(0, 'no connection')), /look at the last changes/);
  assert.match(describeFailure(new TypeError('x is undefined')), /The console failed: TypeError/);
});

test('an error is read from what the controller sends, and from what a proxy sends', () => {
  const body = '{"error":{"code":"VERSION_CONFLICT","message":"later","current_version":9}}';
  assert.equal(isConflict(readApiError(409, body)), true);
  assert.equal(isConflict(readApiError(409, '{"error":{"code":"STORE_READ_ONLY","message":"no"}}')), false);
  for (const other of ['<html>502</html>', '{}', '[]', 'null', '{"error":"x"}']) {
    assert.equal(readApiError(502, other).message, 'HTTP status 502');
  }
});

test('a conflict names who was faster, why, and what holds now', () => {
  const subject = {
    kind: 'owner',
    name: 'V2_PULL',
    switchName: 'ROUTE_OWNER_CAP_V2_PULL',
    worker: false,
    inherits: 'the family’s owner, Go',
    registryV1: false,
  } as const;
  const switches = {
    version: 9,
    updated_at: '',
    updated_by: 'bob',
    reason: 'errors',
    force_python: false,
    families: [],
    workers: [],
    routes: [],
    milestones: [],
    warnings: [],
  };
  const told = (owners: Record<string, string>) =>
    describeConflict({ switches, snapshot: { version: 9, owners }, problems: {} }, subject);
  assert.match(
    told({ ROUTE_OWNER_CAP_V2_PULL: 'python' }),
    /^Somebody was faster: bob published version 9 \(“errors”\)\. The owner of V2_PULL is now Python\./,
  );
  assert.match(told({}), /V2_PULL now has no owner of its own and follows the family’s owner, Go\./);
});
