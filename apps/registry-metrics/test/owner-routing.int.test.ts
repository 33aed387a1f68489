import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isWithinPercent } from '@quay-observability/owner-switch';
import {
  startRedis,
  startRegistry,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { recordRequests } from './record-requests.ts';
import { runApp } from './run-app.ts';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape } from './samples.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PULL = 'ROUTE_OWNER_CAP_V2_PULL';
const file = createSwitchFile();

let servers: Server[];
let python: Awaited<ReturnType<typeof recordRequests>>;
let go: Awaited<ReturnType<typeof recordRequests>>;
let app: RunningApp;

before(async () => {
  const redis = await startRedis();
  const registries = await Promise.all([startRegistry(), startRegistry()]);
  servers = [redis, ...registries];
  [python, go] = await Promise.all([recordRequests(registries[0].url), recordRequests(registries[1].url)]);
  const runtimes = { pythonUrl: `http://${python.host}`, goUrl: `http://${go.host}`, redis };
  app = await runRoutingApp(runtimes, file);
});

after(async () => {
  await app.stop();
  await Promise.all([python.close(), go.close()]);
  await Promise.all(servers.map((server) => server.stop()));
});

/** Sends a request, and tells which runtime saw it. */
async function servedBy(path: string, init: RequestInit = {}): Promise<string> {
  const marked = `${path}${path.includes('?') ? '&' : '?'}`;
  const [atPython, atGo] = [seenBy(python, path), seenBy(go, path)];
  await (await fetch(app.url + marked, { redirect: 'manual', ...init })).arrayBuffer();
  const owners = [
    ...(seenBy(python, path) > atPython ? ['python'] : []),
    ...(seenBy(go, path) > atGo ? ['go'] : []),
  ];
  return owners.join(' and ');
}

function seenBy({ recorded }: typeof python, path: string): number {
  return recorded.filter((each) => each.path === path).length;
}

const manifest = (repository: string): string => `/v2/${repository}/manifests/latest`;
const basic = (name: string): RequestInit => ({
  headers: { Authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}` },
});

function bearer(subject: string): RequestInit {
  const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
  return { headers: { Authorization: `Bearer ${part({ alg: 'none' })}.${part({ sub: subject })}.x` } };
}

test('a switch moves its own requests and no others: the route before the capability before the family', async () => {
  await file.publish({ [PULL]: 'go' }, { to: [app] });
  assert.equal(await servedBy(manifest('a/b')), 'go');
  assert.equal(await servedBy(manifest('a/b'), { method: 'HEAD' }), 'go');
  assert.equal(await servedBy('/v2/a/b/tags/list'), 'go');
  assert.equal(await servedBy(`/v2/a/b/blobs/${DIGEST}`), 'python');
  assert.equal(await servedBy(manifest('a/b'), { method: 'DELETE' }), 'python');
  assert.equal(await servedBy('/v2/a/b/blobs/uploads/', { method: 'POST' }), 'python');
  assert.equal(await servedBy('/v2/_catalog'), 'python');
  assert.equal(await servedBy('/v2/a/b/nothing/here'), 'python');
  assert.equal(await servedBy('/v1/repositories/a/b/images'), 'python');
  assert.equal(await servedBy('/health/instance'), 'python');

  await file.publish(
    {
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
      ROUTE_OWNER_FAMILY_OTHER: 'go',
      [PULL]: 'python',
      ROUTE_OWNER_ROUTE_V2_LIST_ALL_TAGS: 'go',
    },
    { to: [app] },
  );
  assert.equal(await servedBy(manifest('a/b')), 'python');
  assert.equal(await servedBy('/v2/a/b/tags/list'), 'go');
  assert.equal(await servedBy(`/v2/a/b/blobs/${DIGEST}`), 'go');
  assert.equal(await servedBy('/v2/a/b/nothing/here'), 'go');
  assert.equal(await servedBy('/health/instance'), 'go');
  assert.equal(await servedBy('/api/v1/repository'), 'python');
});

test('a canary takes in an organization, a repository, a user, and nobody else', async () => {
  const selectors = {
    orgs: ['our-own'],
    repos: ['devtable/simple', 'library/ubuntu'],
    users: ['alice', 'alice+bot'],
  };
  await file.publish(
    { [PULL]: 'go', ROUTE_OWNER_CAP_V2_BLOB: 'go' },
    { to: [app], canaries: { by_switch: { [PULL]: selectors }, orgs: ['others'] } },
  );
  assert.equal(await servedBy(manifest('our-own/anything/nested')), 'go');
  assert.equal(await servedBy(manifest('devtable/simple')), 'go');
  assert.equal(await servedBy(manifest('ubuntu')), 'go', 'the library namespace is understood');
  assert.equal(await servedBy(manifest('devtable/complex')), 'python');
  assert.equal(await servedBy(manifest('devtable/complex'), basic('alice')), 'go');
  assert.equal(await servedBy(manifest('devtable/complex'), basic('alice+bot')), 'go');
  assert.equal(await servedBy(manifest('devtable/complex'), bearer('alice')), 'go');
  assert.equal(await servedBy(manifest('devtable/complex'), bearer('bob')), 'python');
  assert.equal(await servedBy(manifest('devtable/complex'), basic('ALICE')), 'python');
  assert.equal(await servedBy(`/v2/our-own/x/blobs/${DIGEST}`), 'python', 'another switch, other selectors');
  assert.equal(await servedBy(`/v2/others/x/blobs/${DIGEST}`), 'go');
});

test('a percentage takes in the same repositories each time, and a higher one only adds some', async () => {
  const repositories = Array.from({ length: 30 }, (_, index) => `team-${index % 5}/project-${index}`);
  const taken: string[][] = [];
  for (const percent of [30, 70]) {
    await file.publish({ [PULL]: 'go' }, { to: [app], canaries: { percent } });
    const onGo: string[] = [];
    for (const repository of repositories) {
      const owner = await servedBy(manifest(repository));
      assert.equal(
        owner,
        isWithinPercent(repository, percent) ? 'go' : 'python',
        `${repository} at ${percent}`,
      );
      if (owner === 'go') onGo.push(repository);
    }
    taken.push(onGo);
  }
  const [few = [], many = []] = taken;
  assert.ok(few.length > 0 && many.length > few.length && many.length < repositories.length);
  assert.ok(few.every((repository) => many.includes(repository)));
});

test('the kill switch takes everything back, and decisions tell who and why', async () => {
  const counted = async (labels: string): Promise<number> =>
    (await scrape(app.adminUrl)).get(`quay_switch_owner_decision_total{${labels}}`) ?? 0;
  const forced = 'capability="V2_PULL",owner="python",source="force"';
  const byCapability = 'capability="V2_PULL",owner="go",source="capability"';
  const earlier = [await counted(forced), await counted(byCapability)];
  await file.publish({ [PULL]: 'go' }, { to: [app] });
  for (let round = 0; round < 3; round += 1) assert.equal(await servedBy(manifest('a/b')), 'go');
  await file.publish({ [PULL]: 'go' }, { to: [app], forcePython: true });
  for (let round = 0; round < 2; round += 1) assert.equal(await servedBy(manifest('a/b')), 'python');
  assert.deepEqual([await counted(forced), await counted(byCapability)], [earlier[0]! + 2, earlier[1]! + 3]);
});

test('without a Python upstream nothing is routed, and the log says so', async () => {
  const alone = await runApp(`http://${go.host}`, {
    SWITCH_SOURCE: 'file',
    SWITCH_FILE: file.path,
    SWITCH_STATE_DIR: `${file.path}.state`,
  });
  try {
    await waitUntil('readiness', async () => (await fetch(`${alone.adminUrl}/readyz`)).ok);
    const before = seenBy(go, manifest('a/b'));
    assert.equal((await fetch(alone.url + manifest('a/b'))).status, 404);
    assert.equal(seenBy(go, manifest('a/b')), before + 1, 'although the kill switch is on');
    const samples = await scrape(alone.adminUrl);
    assert.equal(samples.get('quay_registry_image_pulls_total{protocol="v2",ref="tag",status="404"}'), 1);
    assert.ok(![...samples.keys()].some((name) => name.startsWith('quay_switch_owner_decision_total')));
    assert.match(alone.process.log(), /Nothing is routed: REGISTRY_PYTHON_UPSTREAM_URL is not set/);
  } finally {
    await alone.stop();
  }
});
