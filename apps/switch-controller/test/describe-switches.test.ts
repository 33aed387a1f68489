import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CAPABILITY_NAMES,
  createResolver,
  describeRoute,
  PROGRAMS,
  SWITCH_PREFIXES,
  type Family,
} from '@quay-observability/owner-switch';
import { QUAY_ROUTES } from '@quay-observability/registry-routes';
import { describeSwitches } from '../src/views/describe-switches.ts';
import { switchOfRoute } from '../src/views/switch-of-route.ts';
import { published } from './snapshots.ts';

const FAMILIES = { v1: 'REGISTRY_V1', v2: 'REGISTRY_V2', api: 'API_V1' } as const satisfies Record<
  string,
  Family
>;

/** Owners and canaries of every kind, drawn from a generator that repeats itself. */
function drawnSnapshots(count: number) {
  let state = 42;
  const draw = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
  const names = [
    ...CAPABILITY_NAMES.map((name) => SWITCH_PREFIXES.capability + name),
    ...Object.values(FAMILIES).map((name) => SWITCH_PREFIXES.family + name),
    `${SWITCH_PREFIXES.route}V2_FETCH_MANIFEST_BY_TAGNAME`,
    `${SWITCH_PREFIXES.route}V2_FETCH_MANIFEST_BY_TAGNAME_GET`,
    `${SWITCH_PREFIXES.route}ROUTE_0320`,
    `${SWITCH_PREFIXES.route}API_LISTPLANS`,
  ];
  return Array.from({ length: count }, () => {
    const owners = Object.fromEntries(
      names.filter(() => draw(3) === 0).map((name) => [name, ['go', 'python', 'go', 'rust'][draw(4)]]),
    );
    const gated = Object.keys(owners).filter(() => draw(4) === 0);
    return published({
      force_python: draw(10) === 0,
      owners,
      canaries: {
        orgs: draw(3) === 0 ? ['acme'] : [],
        by_switch: Object.fromEntries(gated.map((name) => [name, { repos: ['other/thing'] }])),
      },
    }).snapshot;
  });
}

test('what is shown of a route is what a resolver decides for whoever a canary takes in', () => {
  for (const snapshot of drawnSnapshots(60)) {
    const resolver = createResolver(snapshot);
    for (const { family, methods, endpoint } of QUAY_ROUTES) {
      const method = methods[0] ?? 'GET';
      const { owner, source, gate } = switchOfRoute(
        snapshot,
        describeRoute(FAMILIES[family], method, endpoint),
      );
      const repository = gate === undefined ? 'some/thing' : (gate.repos[0] ?? `${gate.orgs[0] ?? ''}/thing`);
      const decided = resolver.route({ family: FAMILIES[family], method, endpoint, repository });
      assert.deepEqual(
        [decided.owner, decided.source],
        [owner, gate === undefined ? source : 'canary'],
        endpoint,
      );
      if (gate === undefined) continue;
      const outside = resolver.route({
        family: FAMILIES[family],
        method,
        endpoint,
        repository: 'none/thing',
      });
      assert.equal(outside.owner, 'python');
    }
  }
});

test('every family, capability and program is there, with what its own switch says', () => {
  const view = describeSwitches(
    published({
      updated_by: 'ann',
      owners: {
        ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
        ROUTE_OWNER_CAP_V2_PUSH: 'python',
        ROUTE_OWNER_ROUTE_ROUTE_0320: 'go',
        WORKER_OWNER_GCWORKER: 'go',
        WORKER_OWNER_NAMESPACEGCWORKER: 'off',
      },
      canaries: { by_switch: { ROUTE_OWNER_FAMILY_REGISTRY_V2: { percent: 10 } } },
    }),
  );
  const capabilities = view.families.flatMap((family) => family.capabilities);
  assert.deepEqual(capabilities.map(({ capability }) => capability).sort(), [...CAPABILITY_NAMES].sort());
  assert.deepEqual(view.workers.map(({ program }) => program).sort(), [...PROGRAMS].sort());
  const family = view.families.find((each) => each.family === 'REGISTRY_V2');
  const canary = { orgs: [], repos: [], users: [], percent: 10 };
  assert.deepEqual(
    [family?.written, family?.owner, family?.source, family?.canary],
    ['go', 'go', 'family', canary],
  );
  const row = (name: string) => capabilities.find(({ capability }) => capability === name);
  assert.deepEqual(row('V2_PULL'), {
    capability: 'V2_PULL',
    switch: 'ROUTE_OWNER_CAP_V2_PULL',
    written: null,
    owner: 'go',
    source: 'family',
    canary,
  });
  assert.deepEqual([row('V2_PUSH')?.owner, row('V2_PUSH')?.source], ['python', 'capability']);
  assert.deepEqual(view.routes, [{ switch: 'ROUTE_OWNER_ROUTE_ROUTE_0320', written: 'go' }]);
});

test('a milestone counts what is wholly with the new runtime, and names what is not', () => {
  const { milestones } = describeSwitches(
    published({
      owners: {
        ROUTE_OWNER_CAP_V2_PULL: 'go',
        ROUTE_OWNER_CAP_V2_BLOB: 'go',
        WORKER_OWNER_GCWORKER: 'go',
        WORKER_OWNER_NAMESPACEGCWORKER: 'off',
      },
      canaries: { by_switch: { ROUTE_OWNER_CAP_V2_BLOB: { orgs: ['acme'] } } },
    }),
  );
  const of = (name: string) => milestones.find(({ milestone }) => milestone === name);
  assert.deepEqual([of('M0')?.total, of('M0')?.on_python], [0, []]);
  assert.equal(of('M2')?.on_go, 1);
  assert.ok(of('M2')?.on_python.includes('V2_BLOB'));
  assert.ok(!of('M2')?.on_python.includes('V2_PULL'));
  assert.deepEqual(
    [of('M4')?.total, of('M4')?.on_go, of('M4')?.on_python],
    [5, 1, ['GLOBALPROMSTATS', 'PULLSTATSREDISFLUSHWORKER', 'REPOSITORYGCWORKER']],
  );
});

test('with the kill switch everything belongs to python', () => {
  const { families, workers } = describeSwitches(
    published({
      force_python: true,
      owners: { ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go', WORKER_OWNER_GCWORKER: 'go' },
    }),
  );
  for (const { owner, source } of [
    ...families,
    ...families.flatMap(({ capabilities }) => capabilities),
    ...workers,
  ])
    assert.deepEqual([owner, source], ['python', 'force']);
});
