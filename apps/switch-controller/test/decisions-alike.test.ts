import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDecideOwner } from '@quay-observability/owner-gateway';
import { createResolver } from '@quay-observability/owner-switch';
import { createRouteMatcher, QUAY_ROUTES, type RouteMatch } from '@quay-observability/registry-routes';
import { createAskOwner } from '../src/decision/ask-owner.ts';
import { published } from './snapshots.ts';

const LIBRARY = { namespace: 'library', enabled: true };
const DIGEST = `sha256:${'a'.repeat(64)}`;
const VALUES: Record<string, string> = { digest: DIGEST, manifest_ref: DIGEST };

/** Each rule of Quay's with values, and paths that no rule matches. */
const paths = [
  ...QUAY_ROUTES.flatMap(({ rule }) =>
    ['acme/app', 'other/thing'].map((repository) => {
      const org = repository.split('/', 1)[0] ?? '';
      const values: Record<string, string> = { ...VALUES, repository, orgname: org, namespace: org };
      return rule.replaceAll(/<(?:[^<>]*:)?(\w+)>/g, (_, name: string) => values[name] ?? 'x');
    }),
  ),
  ...['/api', '/api/v1/nothing', '/%61pi/v1/repository/acme%2Fapp?a=/v2/', '//api/v1/user/', '/apis'],
  ...['/v2/ubuntu/manifests/latest', '/oauth/authorize', '/', '/v1/nothing', '/v2/x/y', '/realtime/user/'],
];
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];
const basic = (user: string) => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;

const WHOLE_API = { ROUTE_OWNER_FAMILY_API_V1: 'go', ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go' };
const SNAPSHOTS: Record<string, Record<string, unknown>> = {
  families: { owners: WHOLE_API },
  'single routes': {
    owners: {
      ...WHOLE_API,
      ROUTE_OWNER_ROUTE_API_REPOSITORY: 'python',
      ROUTE_OWNER_ROUTE_API_REPOSITORY_PUT: 'go',
      ROUTE_OWNER_ROUTE_API_USER_GET: 'python',
      ROUTE_OWNER_ROUTE_V2_LIST_ALL_TAGS: 'python',
    },
  },
  'reading only': { owners: { ROUTE_OWNER_CAP_API_V1_READ: 'go', ROUTE_OWNER_FAMILY_OAUTH: 'go' } },
  organizations: { owners: WHOLE_API, canaries: { orgs: ['acme'] } },
  repositories: { owners: WHOLE_API, canaries: { repos: ['acme/app', 'library/ubuntu'] } },
  users: { owners: WHOLE_API, canaries: { users: ['ann'] } },
  'a share': { owners: WHOLE_API, canaries: { percent: 50 } },
  'a switch with a canary of its own': {
    owners: { ...WHOLE_API, ROUTE_OWNER_ROUTE_API_ORGANIZATION: 'go' },
    canaries: { by_switch: { ROUTE_OWNER_ROUTE_API_ORGANIZATION: { orgs: ['acme'] } } },
  },
};

for (const [name, fields] of Object.entries(SNAPSHOTS)) {
  test(`the controller and the gateways decide alike: ${name}`, () => {
    const { snapshot } = published(fields);
    const resolver = createResolver(snapshot);
    const askOwner = createAskOwner(
      {
        route: (question) => resolver.route(question),
        worker: (program) => resolver.worker(program),
        state: () => ({ snapshot, phase: 'fresh', ageSeconds: 0 }),
      },
      LIBRARY,
    );
    // As registry-metrics and api-health have it: each matches its own rules.
    const decideOwner = createDecideOwner({ switches: resolver, library: LIBRARY });
    const matchers = [createRouteMatcher(['v1', 'v2']), createRouteMatcher(['api'])];
    const gatewayOwner = (method: string, target: string, authorization?: string) => {
      const [registry, api] = matchers.map((match) => match(method, target));
      const match = registry ?? api;
      const route: RouteMatch | undefined =
        match === undefined || 'methodNotAllowed' in match ? undefined : match;
      const rawHeaders = authorization === undefined ? [] : ['Authorization', authorization];
      const request = { method, target, rawHeaders, headers: {}, clientAddress: '', arrivedAtMs: 0 };
      return decideOwner(request, route);
    };
    const owners = new Set<string>();
    for (const target of paths)
      for (const method of METHODS)
        for (const authorization of [undefined, basic('ann'), basic('eve')]) {
          const headers = {
            'x-original-uri': target,
            'x-original-method': method,
            ...(authorization === undefined ? {} : { authorization }),
          };
          const asked = askOwner({ url: '/v1/decision', headers }).owner;
          const what = `${method} ${target} ${authorization ?? ''}`;
          assert.equal(asked, gatewayOwner(method, target, authorization), what);
          owners.add(asked);
        }
    assert.deepEqual([...owners].sort(), ['go', 'python'], 'the table has both');
  });
}
