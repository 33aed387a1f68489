import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolver, parseSnapshot } from '../src/index.ts';
import { faultsOf } from './faults-of.ts';
import { snapshotJson } from './snapshot-json.ts';

test('an unknown owner is no fault: it counts as python, and is a warning', () => {
  const { snapshot, warnings } = parseSnapshot(
    snapshotJson({
      owners: {
        ROUTE_OWNER_CAP_V2_PULL: 'Go',
        ROUTE_OWNER_CAP_V2_PUSH: 'off',
        ROUTE_OWNER_CAP_V2_BLOB: 5,
        WORKER_OWNER_GCWORKER: ['go'],
        WORKER_OWNER_SERVICEKEY: 'g'.repeat(101),
      },
    }),
  );
  assert.deepEqual(warnings, [
    'owners.ROUTE_OWNER_CAP_V2_PULL: unknown owner, counts as python (expected python, go)',
    'owners.ROUTE_OWNER_CAP_V2_PUSH: unknown owner, counts as python (expected python, go)',
    'owners.ROUTE_OWNER_CAP_V2_BLOB: unknown owner, counts as python (expected python, go)',
    'owners.WORKER_OWNER_GCWORKER: unknown owner, counts as python (expected python, go, off)',
    'owners.WORKER_OWNER_SERVICEKEY: unknown owner, counts as python (expected python, go, off)',
  ]);
  const resolver = createResolver(snapshot);
  assert.equal(resolver.worker('GCWORKER').owner, 'python');
  assert.equal(snapshot.owners.get('WORKER_OWNER_SERVICEKEY'), 'unknown');
});

test('an unquoted off of YAML 1.1, which is false, is the owner off of a worker but of no route', () => {
  const { snapshot, warnings } = parseSnapshot(
    snapshotJson({ owners: { WORKER_OWNER_GCWORKER: false, ROUTE_OWNER_CAP_V2_PULL: false } }),
  );
  assert.equal(createResolver(snapshot).worker('GCWORKER').owner, 'off');
  assert.deepEqual(warnings, [
    'owners.ROUTE_OWNER_CAP_V2_PULL: unknown owner, counts as python (expected python, go)',
  ]);
});

test('a switch that decides nothing is a warning', () => {
  const owners = {
    ROUTE_OWNER_CAP_V2_PUL: 'go',
    ROUTE_OWNER_FAMILY_REGISTRY: 'go',
    ROUTE_OWNER_ROUTE_ROUTE_9999: 'go',
    WORKER_OWNER_GC: 'go',
  };
  assert.deepEqual(parseSnapshot(snapshotJson({ owners })).warnings, [
    'owners.ROUTE_OWNER_CAP_V2_PUL: no such capability, has no effect',
    'owners.ROUTE_OWNER_FAMILY_REGISTRY: no such family, has no effect',
    'owners.ROUTE_OWNER_ROUTE_ROUTE_9999: no such route, has no effect',
    'owners.WORKER_OWNER_GC: no such worker, has no effect',
  ]);
});

test('a canary that does less or more than it seems is a warning', () => {
  const value = snapshotJson({
    owners: { WORKER_OWNER_GCWORKER: 'go', ROUTE_OWNER_CAP_V2_PULL: 'go', ROUTE_OWNER_CAP_V2_BLOB: 'go' },
    canaries: {
      repos: ['nginx'],
      by_switch: {
        ROUTE_OWNER_CAP_V2_PUSH: { orgs: ['acme'] },
        WORKER_OWNER_GCWORKER: { orgs: ['acme'] },
        ROUTE_OWNER_CAP_V2_PULL: {},
        ROUTE_OWNER_CAP_V2_BLOB: { repos: ['redis'] },
      },
    },
  });
  assert.deepEqual(parseSnapshot(value).warnings, [
    'canaries.repos: nginx has no namespace, takes in nothing (expected namespace/name)',
    'canaries.by_switch.ROUTE_OWNER_CAP_V2_PUSH: no such switch in owners, ignored',
    'canaries.by_switch.WORKER_OWNER_GCWORKER: workers have no canaries, ignored',
    'canaries.by_switch.ROUTE_OWNER_CAP_V2_PULL: selects nothing, so it takes in everybody',
    'canaries.by_switch.ROUTE_OWNER_CAP_V2_BLOB.repos: redis has no namespace, takes in nothing (expected namespace/name)',
  ]);
});

test('an unknown field is ignored with a warning, unless its name says that it stops or narrows a move', () => {
  const { warnings } = parseSnapshot(snapshotJson({ comment: 'x', ticket: 5 }));
  assert.deepEqual(warnings, ['comment: unknown field, ignored', 'ticket: unknown field, ignored']);
  for (const field of [
    'canary',
    'force-python',
    'forcePython',
    'MIGRATION_FORCE_PYTHON',
    'percent',
    'Owners',
  ])
    assert.deepEqual(faultsOf(snapshotJson({ [field]: true })), [
      `${field}: unknown field; expected owners, canaries or force_python`,
    ]);
});
