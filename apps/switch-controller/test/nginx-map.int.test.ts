import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { createResolver, familyOfPath, type Snapshot } from '@quay-observability/owner-switch';
import {
  decodePath,
  matchRoute,
  QUAY_ROUTES,
  type LibrarySettings,
} from '@quay-observability/registry-routes';
import { startNginx, type NginxServer } from '@quay-observability/testkit';
import { renderNginxMap } from '../src/nginx-map/render-nginx-map.ts';
import { published } from './snapshots.ts';

const LIBRARY = { namespace: 'library', enabled: true };
const NO_LIBRARY = { namespace: 'library', enabled: false };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HOSTILE = 'a"b\\c;{$d}#(.*)\u00e9';
const SEGMENTS = {
  default: ['x', 'tags', 'images', 'auth', 'a.b-c', '1'],
  repopath: ['app', 'acme/app', 'acme/deep/app', 'library/app', 'tags', 'a/tags/list', 'other/auth', HOSTILE],
  v1createrepopath: ['app', 'acme/app', 'acme/auth', 'acme/images', 'tags'],
  tag: ['latest', 'v1.0_2-x', '-bad', 'x'.repeat(128), 'x'.repeat(129)],
  digest: [`sha256:${'a1'.repeat(32)}`, 'sha256:xyz', 'sha256'],
};

/** Paths around every rule: what matches it, what nearly does, with and without the slash at the end. */
function generatedPaths(): string[] {
  const paths = new Set([
    '/',
    '/v1',
    '/v2',
    '/v2//',
    '/v2/a//b',
    '/v1/x//tags',
    '/apiary',
    '/v2/\n',
    '/v2/auth\n',
  ]);
  for (const prefix of ['/api/v1/repository', '/oauth/x', '/keys', '/secscan/', '/.well-known/x', '/nowhere'])
    paths.add(prefix);
  for (const { family, rule } of QUAY_ROUTES) {
    if (family === 'api') continue;
    let drafts = [''];
    for (const part of rule.split(/(<[^>]+>)/)) {
      const [, converter = 'default'] = /^<(?:(\w+):)?\w+>$/.exec(part) ?? [];
      const values = part.startsWith('<') ? SEGMENTS[converter as keyof typeof SEGMENTS] : [part];
      drafts = drafts.flatMap((draft) => values.map((value) => draft + value));
    }
    for (const path of drafts) {
      paths.add(path);
      paths.add(path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
    }
  }
  return [...paths];
}

function encoded(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%3A', ':'))
    .join('/');
}

/** The resolver's owner for a client of no name: users and percentages select nobody in a map. */
function ownerOf(snapshot: Snapshot, library: LibrarySettings, method: string, target: string): string {
  const match = matchRoute(method, target);
  const route = match === undefined || 'methodNotAllowed' in match ? undefined : match;
  const name = route?.params.repository;
  return createResolver(snapshot).route({
    family: familyOfPath(decodePath(target)),
    method,
    endpoint: route?.endpoint,
    repository: name === undefined || name.includes('/') || !library.enabled ? name : `library/${name}`,
  }).owner;
}

let agent = new Agent();
let nginx: NginxServer;
const server = (port: number): string =>
  `server { listen 127.0.0.1:${port}; merge_slashes off; keepalive_requests 1000000;
    location / { return 204; add_header X-Owner $quay_owner; } }`;

before(async () => {
  nginx = await startNginx({
    config: ({ port }) => renderNginxMap(published().snapshot, LIBRARY) + server(port),
  });
});
after(async () => {
  agent.destroy();
  await nginx.stop();
});

function ask(method: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ agent, method, host: '127.0.0.1', port: nginx.port, path }, (response) => {
      response.resume().once('end', () => resolve(String(response.headers['x-owner'])));
    });
    call.once('error', reject).end();
  });
}

async function assertSameOwners(
  fields: Record<string, unknown>,
  library: LibrarySettings = LIBRARY,
): Promise<number> {
  const { snapshot } = published(fields);
  await nginx.reload(({ port }) => renderNginxMap(snapshot, library) + server(port));
  // The worker before closes its idle connections: a request on one of them would hang up.
  agent.destroy();
  agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const cases = generatedPaths().flatMap((path) =>
    METHODS.map((method) => ({ method, path: encoded(path) })),
  );
  let next = 0;
  let go = 0;
  const work = async (): Promise<void> => {
    for (let each = cases[next++]; each !== undefined; each = cases[next++]) {
      const { method, path } = each;
      const owner = ownerOf(snapshot, library, method, path);
      assert.equal(await ask(method, path), owner, `${method} ${path}`);
      if (owner === 'go') go += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  assert.ok(cases.length > 3000, `only ${cases.length} requests`);
  return go;
}

test('nginx decides as the resolver does, by route, capability and family', async () => {
  const go = await assertSameOwners({
    owners: {
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
      ROUTE_OWNER_CAP_V2_PUSH: 'python',
      ROUTE_OWNER_CAP_V2_DELETE: 'nobody',
      ROUTE_OWNER_ROUTE_V2_FETCH_MANIFEST_BY_TAGNAME_GET: 'python',
      ROUTE_OWNER_ROUTE_V2_CANCEL_UPLOAD: 'go',
      ROUTE_OWNER_CAP_V1_PULL: 'go',
      ROUTE_OWNER_CAP_V1_OTHER: 'go',
      ROUTE_OWNER_ROUTE_V1_GET_TAG: 'python',
      ROUTE_OWNER_CAP_API_V1_READ: 'go',
      ROUTE_OWNER_FAMILY_KEYS: 'go',
    },
  });
  assert.ok(go > 500, `only ${go} are go`);
});

test('what no line names is decided, too, where everything belongs to go', async () => {
  const families = ['REGISTRY_V1', 'REGISTRY_V2', 'API_V1', 'OAUTH', 'SECSCAN', 'OTHER'];
  await assertSameOwners({
    owners: Object.fromEntries(families.map((family) => [`ROUTE_OWNER_FAMILY_${family}`, 'go'])),
  });
});

const CANARY = {
  owners: {
    ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
    ROUTE_OWNER_CAP_V2_BLOB: 'go',
    ROUTE_OWNER_FAMILY_REGISTRY_V1: 'go',
    ROUTE_OWNER_FAMILY_OAUTH: 'go',
  },
  canaries: {
    orgs: ['acme', 'library'],
    by_switch: {
      ROUTE_OWNER_CAP_V2_BLOB: { repos: ['library/app', 'acme/deep/app', HOSTILE, `other/${HOSTILE}`] },
    },
  },
};

test('canaries of organisations and repositories are decided by nginx, hostile names included', async () => {
  const go = await assertSameOwners(CANARY);
  assert.ok(go > 100, `only ${go} are go`);
});

test('without a library a name without a namespace is its own', async () => {
  await assertSameOwners({ ...CANARY, canaries: { orgs: ['app', HOSTILE] } }, NO_LIBRARY);
});
