import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FamilyState, SwitchesAnswer } from '../src/console/browser/api-types.ts';
import { routeRows, workerRows } from '../src/console/browser/matrix-rows.ts';

const bySource = { source: 'default', owner: 'python', written: null };

function family(name: string, capabilities: string[], written: string | null = null): FamilyState {
  return {
    ...bySource,
    family: name,
    switch: `ROUTE_OWNER_FAMILY_${name}`,
    milestone: 'M2',
    written,
    owner: written ?? 'python',
    capabilities: capabilities.map((capability) => ({
      ...bySource,
      capability,
      switch: `ROUTE_OWNER_CAP_${capability}`,
    })),
  };
}

const base: SwitchesAnswer = {
  version: 1,
  updated_at: '2026-02-16T10:11:12Z',
  force_python: false,
  families: [],
  workers: [],
  routes: [],
  milestones: [],
  warnings: [],
};

test('a family stands above its capabilities; one that is its only capability stands alone', () => {
  const rows = routeRows({
    ...base,
    families: [family('REGISTRY_V2', ['V2_PULL', 'V2_PUSH']), family('OAUTH', ['OAUTH'])],
  });
  assert.deepEqual(
    rows.map(({ level, name }) => `${level} ${name}`),
    ['family REGISTRY_V2', 'capability V2_PULL', 'capability V2_PUSH', 'family OAUTH'],
  );
});

test('the only capability of a family is shown once it has a switch of its own', () => {
  const oauth = family('OAUTH', ['OAUTH']);
  const capabilities = oauth.capabilities.map((each) => ({ ...each, written: 'go', owner: 'go' }));
  const rows = routeRows({ ...base, families: [{ ...oauth, capabilities }] });
  assert.deepEqual(
    rows.map(({ state }) => state.switch),
    ['ROUTE_OWNER_FAMILY_OAUTH', 'ROUTE_OWNER_CAP_OAUTH'],
  );
});

test('a row knows what holds without its switch, and where a canary would do nothing', () => {
  const rows = routeRows({
    ...base,
    families: [family('REGISTRY_V1', ['V1_PULL', 'V1_PUSH'], 'go')],
    routes: [{ switch: 'ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME_GET', written: 'go' }],
  });
  const subjects = rows.map(({ subject }) => subject);
  assert.deepEqual(
    subjects.map((subject) => (subject.kind === 'owner' ? [subject.inherits, subject.registryV1] : [])),
    [
      ['the default, Python', true],
      ['the family’s owner, Go', true],
      ['the family’s owner, Go', true],
      ['whatever its capability or family says', false],
    ],
  );
});

test('workers can be off', () => {
  const [row] = workerRows({
    ...base,
    workers: [{ ...bySource, program: 'GCWORKER', switch: 'WORKER_OWNER_GCWORKER', milestone: 'M4' }],
  });
  assert.equal(row?.subject.kind === 'owner' && row.subject.worker, true);
});
