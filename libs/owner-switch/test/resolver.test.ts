import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolver, EMPTY_SNAPSHOT, parseSnapshot } from '../src/index.ts';
import type { RouteQuestion } from '../src/index.ts';
import { snapshotJson } from './snapshot-json.ts';

const PULL = {
  family: 'REGISTRY_V2',
  method: 'GET',
  endpoint: 'v2.fetch_manifest_by_tagname',
  repository: 'acme/app',
} as const satisfies RouteQuestion;

function resolverOf(owners: Record<string, unknown>, canaries: Record<string, unknown> = {}) {
  return createResolver(parseSnapshot(snapshotJson({ owners, canaries })).snapshot);
}

/** `owner source`. */
function verdict({ owner, source }: { owner: string; source: string }): string {
  return `${owner} ${source}`;
}

test('without a switch everything belongs to python', () => {
  const resolver = createResolver(EMPTY_SNAPSHOT);
  assert.deepEqual(resolver.route(PULL), {
    capability: 'V2_PULL',
    owner: 'python',
    source: 'default',
    switchName: undefined,
  });
  assert.deepEqual(resolver.worker('GCWORKER'), {
    capability: 'GCWORKER',
    owner: 'python',
    source: 'default',
    switchName: undefined,
  });
});

test('the more specific switch decides, and the decision names it', () => {
  const owners: Record<string, string> = {};
  const steps: [string, string, string][] = [
    ['ROUTE_OWNER_FAMILY_REGISTRY_V2', 'go', 'go family'],
    ['ROUTE_OWNER_CAP_V2_PULL', 'python', 'python capability'],
    ['ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME', 'go', 'go route'],
    ['ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME_GET', 'python', 'python route'],
    ['ROUTE_OWNER_ROUTE_0327', 'go', 'go route'],
    ['ROUTE_OWNER_ROUTE_ROUTE_0327', 'python', 'python route'],
  ];
  for (const [name, owner, expected] of steps) {
    owners[name] = owner;
    const decision = resolverOf(owners).route(PULL);
    assert.deepEqual([verdict(decision), decision.switchName], [expected, name]);
  }
});

test('HEAD follows GET, except where HEAD has a view of its own', () => {
  const resolver = resolverOf({
    ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME_GET: 'go',
    ROUTE_OWNER_ROUTE_V2_CHECK_BLOB_EXISTS_HEAD: 'go',
  });
  assert.equal(verdict(resolver.route({ ...PULL, method: 'HEAD' })), 'go route');
  assert.equal(verdict(resolver.route({ ...PULL, method: 'OPTIONS' })), 'python default');
  const blob = { ...PULL, method: 'HEAD', endpoint: 'v2.check_blob_exists' };
  assert.equal(verdict(resolver.route(blob)), 'go route');
});

test('a path without a rule belongs to its family', () => {
  const resolver = resolverOf({
    ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
    ROUTE_OWNER_CAP_API_V1_READ: 'go',
    ROUTE_OWNER_CAP_WELLKNOWN: 'go',
  });
  const other = { repository: undefined, endpoint: undefined };
  assert.deepEqual(resolver.route({ ...other, family: 'REGISTRY_V2', method: 'GET' }), {
    capability: 'V2_OTHER',
    owner: 'go',
    source: 'family',
    switchName: 'ROUTE_OWNER_FAMILY_REGISTRY_V2',
  });
  assert.equal(verdict(resolver.route({ ...other, family: 'API_V1', method: 'HEAD' })), 'go capability');
  assert.equal(verdict(resolver.route({ ...other, family: 'API_V1', method: 'POST' })), 'python default');
  assert.equal(verdict(resolver.route({ ...other, family: 'WELLKNOWN', method: 'GET' })), 'go capability');
});

test('a push is one capability from the first upload to the manifest', () => {
  const resolver = resolverOf({ ROUTE_OWNER_CAP_V2_PUSH: 'go' });
  const steps: [string, string][] = [
    ['POST', 'v2.start_blob_upload'],
    ['PATCH', 'v2.upload_chunk'],
    ['PUT', 'v2.monolithic_upload_or_last_chunk'],
    ['GET', 'v2.fetch_existing_upload'],
    ['DELETE', 'v2.cancel_upload'],
    ['PUT', 'v2.write_manifest_by_tagname'],
    ['PUT', 'v2.write_manifest_by_digest'],
  ];
  for (const [method, endpoint] of steps)
    assert.equal(verdict(resolver.route({ ...PULL, method, endpoint })), 'go capability', endpoint);
  for (const endpoint of ['v2.download_blob', 'v2.fetch_manifest_by_digest'])
    assert.equal(verdict(resolver.route({ ...PULL, endpoint })), 'python default', endpoint);
});

test('one selector that names the request is enough, and the source is canary whoever wins', () => {
  const owners = { ROUTE_OWNER_CAP_V2_PULL: 'go' };
  const resolver = resolverOf(owners, { orgs: ['acme'], repos: ['beta/app'], users: ['alice'], percent: 0 });
  const ask = (repository: string, user?: string) =>
    verdict(resolver.route({ ...PULL, repository, user: () => user }));
  assert.equal(ask('acme/app'), 'go canary');
  assert.equal(ask('beta/app'), 'go canary');
  assert.equal(ask('beta/db', 'alice'), 'go canary');
  assert.equal(ask('beta/db', 'bob'), 'python canary');
  assert.equal(ask('acme2/app'), 'python canary');
});

test('selectors of a switch stand in the place of the general ones, also if they select nothing', () => {
  const owners = {
    ROUTE_OWNER_CAP_V2_PULL: 'go',
    ROUTE_OWNER_CAP_V2_BLOB: 'go',
    ROUTE_OWNER_CAP_V2_PUSH: 'go',
  };
  const resolver = resolverOf(owners, {
    orgs: ['acme'],
    by_switch: { ROUTE_OWNER_CAP_V2_PULL: { orgs: ['beta'] }, ROUTE_OWNER_CAP_V2_BLOB: {} },
  });
  assert.equal(verdict(resolver.route(PULL)), 'python canary');
  assert.equal(verdict(resolver.route({ ...PULL, repository: 'beta/app' })), 'go canary');
  assert.equal(verdict(resolver.route({ ...PULL, endpoint: 'v2.download_blob' })), 'go capability');
  assert.equal(
    verdict(resolver.route({ ...PULL, method: 'POST', endpoint: 'v2.start_blob_upload' })),
    'go canary',
  );
});

test('a request about no repository is taken in by its namespace or user only', () => {
  const question = { ...PULL, endpoint: 'v2.catalog_search', repository: undefined };
  const all = resolverOf({ ROUTE_OWNER_CAP_V2_CATALOG: 'go' }, { percent: 100 });
  assert.equal(verdict(all.route(question)), 'python canary');
  const acme = resolverOf({ ROUTE_OWNER_CAP_V2_CATALOG: 'go' }, { orgs: ['acme'], users: ['alice'] });
  assert.equal(verdict(acme.route({ ...question, namespace: 'acme' })), 'go canary');
  assert.equal(verdict(acme.route({ ...question, user: () => 'alice' })), 'go canary');
});

test('v1 under a canary stays with python, and moves without one', () => {
  const question = {
    family: 'REGISTRY_V1',
    method: 'GET',
    endpoint: 'v1.get_repository_images',
    repository: 'acme/app',
  } as const;
  const owners = { ROUTE_OWNER_FAMILY_REGISTRY_V1: 'go' };
  assert.equal(verdict(resolverOf(owners, { orgs: ['acme'] }).route(question)), 'python canary');
  assert.equal(verdict(resolverOf(owners).route(question)), 'go family');
});

test('the user is asked for only if users are selected and nothing else took the request in', () => {
  const owners = { ROUTE_OWNER_CAP_V2_PULL: 'go' };
  let asked = 0;
  const user = () => {
    asked += 1;
    return 'alice';
  };
  resolverOf(owners, { percent: 0 }).route({ ...PULL, user });
  resolverOf(owners, { orgs: ['acme'], users: ['alice'] }).route({ ...PULL, user });
  assert.equal(asked, 0);
  resolverOf(owners, { users: ['alice'] }).route({ ...PULL, user });
  assert.equal(asked, 1);
});

test('a user that cannot be found out leaves the request with python', () => {
  const resolver = resolverOf({ ROUTE_OWNER_CAP_V2_PULL: 'go' }, { users: ['alice'] });
  const user = () => {
    throw new Error('the token cannot be read');
  };
  assert.equal(verdict(resolver.route({ ...PULL, user })), 'python canary');
});

test('a worker follows its own switch, canaries aside', () => {
  const resolver = resolverOf(
    { WORKER_OWNER_GCWORKER: 'go', WORKER_OWNER_SERVICEKEY: 'off', WORKER_OWNER_BUILDER: 'rust' },
    { orgs: ['acme'] },
  );
  assert.equal(verdict(resolver.worker('GCWORKER')), 'go capability');
  assert.equal(resolver.worker('GCWORKER').switchName, 'WORKER_OWNER_GCWORKER');
  assert.equal(verdict(resolver.worker('SERVICEKEY')), 'off capability');
  assert.equal(verdict(resolver.worker('BUILDER')), 'python fail-closed');
  assert.equal(verdict(resolver.worker('__proto__')), 'python default');
});

test('an override of Quay switches a worker off only where no switch of its own decides', () => {
  const resolver = resolverOf({ WORKER_OWNER_GCWORKER: 'python' });
  assert.equal(verdict(resolver.worker('SERVICEKEY', true)), 'off default');
  assert.equal(verdict(resolver.worker('GCWORKER', true)), 'python capability');
});

test('a decision without a canary takes well under a microsecond', () => {
  const resolver = resolverOf({ ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go' });
  const decisions = 20_000;
  let bestNs = Infinity;
  for (let batch = 0; batch < 50; batch += 1) {
    const begin = process.hrtime.bigint();
    for (let count = 0; count < decisions; count += 1) resolver.route(PULL);
    bestNs = Math.min(bestNs, Number(process.hrtime.bigint() - begin) / decisions);
  }
  assert.ok(bestNs < 1000, `${bestNs} ns`);
});

test('what clients make up is answered without being remembered', () => {
  const resolver = resolverOf({ ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go' });
  resolver.route(PULL);
  assert.equal(resolver.route(PULL), resolver.route(PULL), 'a real route has its decision ready');
  const madeUp = { ...PULL, method: 'MKCOL' };
  assert.notEqual(resolver.route(madeUp), resolver.route(madeUp));
  const noRoute = { ...PULL, endpoint: 'v2.__proto__' };
  assert.notEqual(resolver.route(noRoute), resolver.route(noRoute));
  assert.equal(verdict(resolver.route(madeUp)), 'go family');
});
