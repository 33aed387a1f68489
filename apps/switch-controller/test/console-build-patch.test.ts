import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSnapshot, snapshotToJson } from '@quay-observability/owner-switch';
import type { SnapshotAnswer } from '../src/console/browser/api-types.ts';
import {
  buildRequest,
  currentChoice,
  NO_CANARY,
  type ChangeChoice,
} from '../src/console/browser/build-patch.ts';
import { namesIn } from '../src/console/browser/change-form.ts';
import type { Subject } from '../src/console/browser/subject.ts';
import { mergePatch } from '../src/changes/merge-patch.ts';

const SWITCH = 'ROUTE_OWNER_CAP_V2_PULL';
const subject: Subject = {
  kind: 'owner',
  name: 'V2_PULL',
  switchName: SWITCH,
  worker: false,
  inherits: 'the default, Python',
  registryV1: false,
};
const toGo: ChangeChoice = { owner: 'go', gate: 'everybody', canary: NO_CANARY, reason: 'because' };
const tenPercent = { orgs: [], repos: [], users: [], percent: 10 };

function snapshotOf(parts: Record<string, unknown> = {}): SnapshotAnswer {
  const value = { version: 7, updated_at: '2026-02-16T10:11:12Z', owners: {}, ...parts };
  return snapshotToJson(parseSnapshot(value).snapshot) as SnapshotAnswer;
}

/** The switches after the controller has merged the patch. */
function after(snapshot: SnapshotAnswer, choice: ChangeChoice) {
  const { body } = buildRequest(subject, choice, snapshot);
  const merged = mergePatch(snapshot, body) as Record<string, unknown>;
  const { owners, canaries, reason } = parseSnapshot(merged).snapshot;
  return {
    owner: owners.get(SWITCH),
    canary: canaries.bySwitch.get(SWITCH),
    reason,
    general: canaries.general,
  };
}

test('a request carries the version it is based on, the reason, and nothing else that changes', () => {
  assert.deepEqual(buildRequest(subject, toGo, snapshotOf()), {
    method: 'PATCH',
    path: 'v1/snapshot',
    body: { version: 7, reason: 'because', owners: { [SWITCH]: 'go' } },
  });
  assert.deepEqual(buildRequest({ kind: 'kill-switch', force: true }, toGo, snapshotOf()).body, {
    version: 7,
    reason: 'because',
    force_python: true,
  });
  assert.deepEqual(buildRequest({ kind: 'rollback', toVersion: 5 }, toGo, snapshotOf()), {
    method: 'POST',
    path: 'v1/rollback',
    body: { version: 7, reason: 'because', to_version: 5 },
  });
});

test('"not set" takes the switch away, and its canary with it', () => {
  const set = snapshotOf({ owners: { [SWITCH]: 'go' }, canaries: { by_switch: { [SWITCH]: tenPercent } } });
  const { owner, canary } = after(set, { ...toGo, owner: 'inherit' });
  assert.deepEqual([owner, canary], [undefined, undefined]);
  const python = after(set, { ...toGo, owner: 'python' });
  assert.deepEqual([python.owner, python.canary], ['python', undefined]);
});

test('a canary replaces the whole canary before it', () => {
  const set = snapshotOf({
    owners: { [SWITCH]: 'go' },
    canaries: { by_switch: { [SWITCH]: { percent: 10, orgs: ['old'] } } },
  });
  const canary = { orgs: [], repos: ['a/b'], users: ['eve'], percent: null };
  assert.deepEqual(after(set, { ...toGo, gate: 'own', canary }).canary, {
    orgs: [],
    repos: ['a/b'],
    users: ['eve'],
    percent: undefined,
  });
});

test('"everybody" is everybody also where a general canary is set, and "general" leaves it to that', () => {
  const set = snapshotOf({ owners: { [SWITCH]: 'go' }, canaries: tenPercent });
  const everybody = after(set, toGo);
  assert.deepEqual(everybody.canary, { orgs: [], repos: [], users: [], percent: undefined });
  assert.equal(everybody.general.percent, 10);
  assert.equal(after(set, { ...toGo, gate: 'general' }).canary, undefined);
});

test('the form begins with what is in force', () => {
  assert.deepEqual(currentChoice(SWITCH, snapshotOf()), {
    owner: 'inherit',
    gate: 'everybody',
    canary: NO_CANARY,
  });
  const general = snapshotOf({ owners: { [SWITCH]: 'go' }, canaries: tenPercent });
  assert.equal(currentChoice(SWITCH, general).gate, 'general');
  const own = snapshotOf({
    owners: { [SWITCH]: 'go' },
    canaries: { ...tenPercent, by_switch: { [SWITCH]: { users: ['eve'] } } },
  });
  const { owner, gate, canary } = currentChoice(SWITCH, own);
  assert.deepEqual([owner, gate, canary.users], ['go', 'own', ['eve']]);
});

test('names are read from lines and lists, each once', () => {
  assert.deepEqual(namesIn(' a, b\n\nb\tc ,'), ['a', 'b', 'c']);
  assert.deepEqual(namesIn(' \n'), []);
});
