import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolver, type RouteQuestion } from '@quay-observability/owner-switch';
import { createAskOwner } from '../src/decision/ask-owner.ts';
import { published } from './snapshots.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const { snapshot } = published({
  owners: {
    ROUTE_OWNER_CAP_V2_PULL: 'go',
    ROUTE_OWNER_FAMILY_OTHER: 'go',
    ROUTE_OWNER_FAMILY_API_V1: 'go',
    WORKER_OWNER_GCWORKER: 'off',
  },
  canaries: {
    by_switch: {
      ROUTE_OWNER_CAP_V2_PULL: { repos: ['library/ubuntu', 'acme/app'], users: ['ann', 'org+robot'] },
    },
  },
});

function askingOf(fields: Record<string, unknown>) {
  const { snapshot: asked } = published(fields);
  const resolver = createResolver(asked);
  return createAskOwner(
    {
      route: (question) => resolver.route(question),
      worker: (program) => resolver.worker(program),
      state: () => ({ snapshot: asked, phase: 'fresh', ageSeconds: 0 }),
    },
    { namespace: 'library', enabled: true },
  );
}

function asking(library = { namespace: 'library', enabled: true }) {
  const resolver = createResolver(snapshot);
  const asked: RouteQuestion[] = [];
  const askOwner = createAskOwner(
    {
      route: (question) => {
        asked.push(question);
        return resolver.route(question);
      },
      worker: (program) => resolver.worker(program),
      state: () => ({ snapshot, phase: 'fresh', ageSeconds: 0 }),
    },
    library,
  );
  return { askOwner, asked };
}

function ownerOf(query: Record<string, string>, headers: Record<string, string> = {}): string {
  const { owner, source, capability } = asking().askOwner({
    url: `/v1/decision?${new URLSearchParams(query).toString()}`,
    headers,
  });
  return `${capability} ${owner} ${source}`;
}

const uri = (name: string) => `/v2/${name}/manifests/latest`;

test('a request is decided by its path, its repository and its user', () => {
  assert.equal(ownerOf({ uri: uri('acme/app') }), 'V2_PULL go canary');
  assert.equal(ownerOf({ uri: uri('acme/other') }), 'V2_PULL python canary');
  assert.equal(ownerOf({ uri: uri('acme/other'), user: 'ann' }), 'V2_PULL go canary');
  assert.equal(ownerOf({ uri: `${uri('acme%2Fapp')}?x=1`, method: 'head' }), 'V2_PULL go canary');
  assert.equal(ownerOf({ uri: uri('acme/app'), method: 'PUT' }), 'V2_PUSH python default');
  assert.equal(ownerOf({ uri: '/v2/a/blobs/uploads/', method: 'POST' }), 'V2_PUSH python default');
  assert.equal(ownerOf({ uri: `/v2/a/b/blobs/${DIGEST}` }), 'V2_BLOB python default');
  assert.equal(ownerOf({ uri: '/api/v1/repository', method: 'POST' }), 'API_V1_WRITE go family');
  assert.equal(ownerOf({ uri: '/nowhere' }), 'OTHER go family');
});

test('a route, a repository and an organization of /api were not known to it', () => {
  const askOwner = askingOf({
    owners: {
      ROUTE_OWNER_FAMILY_API_V1: 'go',
      ROUTE_OWNER_ROUTE_API_REPOSITORY_PUT: 'python',
    },
    canaries: { orgs: ['acme'], repos: ['other/app'] },
  });
  const owner = (path: string, method = 'GET') =>
    askOwner({ url: `/v1/decision?method=${method}&uri=${path}`, headers: {} }).owner;
  assert.equal(owner('/api/v1/repository/acme/app'), 'go');
  assert.equal(owner('/api/v1/repository/acme/app', 'PUT'), 'python');
  assert.equal(owner('/api/v1/repository/other/app'), 'go');
  assert.equal(owner('/api/v1/repository/other/thing'), 'python');
  assert.equal(owner('/api/v1/organization/acme'), 'go');
  assert.equal(owner('/api/v1/organization/other'), 'python');
});

test('a name without a namespace is in the library, if there is one', () => {
  assert.equal(ownerOf({ uri: uri('ubuntu') }), 'V2_PULL go canary');
  const { askOwner } = asking({ namespace: 'library', enabled: false });
  assert.equal(askOwner({ url: `/v1/decision?uri=${uri('ubuntu')}`, headers: {} }).owner, 'python');
});

test("nginx's X-Original headers are read, those that a client may send through are not", () => {
  const original = { 'x-original-uri': uri('acme/app'), 'x-original-method': 'GET' };
  assert.equal(ownerOf({}, original), 'V2_PULL go canary');
  const forwarded = { 'x-forwarded-uri': uri('acme/app'), 'x-forwarded-method': 'GET' };
  assert.equal(ownerOf({}, forwarded), 'OTHER python fail-closed');
});

test('the user name of Basic credentials selects; nothing else of them is looked at', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const pull = { uri: uri('acme/other') };
  assert.equal(ownerOf(pull, basic('org+robot:secret:with:colons')), 'V2_PULL go canary');
  assert.equal(ownerOf(pull, basic('eve:ann')), 'V2_PULL python canary');
  for (const authorization of [
    'Basic',
    'Basic %%%',
    'Basic YW5u',
    'Bearer YW5uOng=',
    `Basic ${'A'.repeat(20_000)}`,
  ])
    assert.equal(ownerOf(pull, { authorization }), 'V2_PULL python canary', authorization.slice(0, 20));
});

test('a client with a token of the registry was nobody to a canary of users', () => {
  const payload = Buffer.from('{"sub":"ann","access":[]}').toString('base64url');
  const headers = { authorization: `Bearer e30.${payload}.c2ln` };
  assert.equal(ownerOf({ uri: uri('acme/other') }, headers), 'V2_PULL go canary');
  assert.equal(ownerOf({ uri: uri('acme/other'), user: 'eve' }, headers), 'V2_PULL python canary');
});

test('a worker program is asked for by either of its names', () => {
  for (const worker of ['GCWORKER', 'gcworker']) assert.equal(ownerOf({ worker }), 'GCWORKER off capability');
  assert.equal(ownerOf({ worker: 'namespacegcworker' }), 'NAMESPACEGCWORKER python default');
  assert.equal(ownerOf({ worker: 'nobody' }), 'OTHER python fail-closed');
});

test('what cannot be understood belongs to python, whoever owns what is left over, and is not counted', () => {
  const { askOwner, asked } = asking();
  const targets = ['', 'v2/', 'http://registry/v2/', '*', 'x'.repeat(70_000), `/${'x'.repeat(70_000)}`];
  for (const target of targets) {
    const url = `/v1/decision?uri=${encodeURIComponent(target)}`;
    assert.deepEqual(askOwner({ url, headers: {} }), {
      capability: 'OTHER',
      owner: 'python',
      source: 'fail-closed',
      version: 7,
    });
  }
  assert.equal(askOwner({ url: '/v1/decision?method=G%20T&uri=/v2/', headers: {} }).owner, 'python');
  assert.equal(askOwner({ url: '/v1/decision?uri=/%ff%fe%', headers: {} }).owner, 'go');
  assert.equal(asked.length, 1);
});
