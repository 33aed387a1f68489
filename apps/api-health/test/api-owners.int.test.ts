import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import {
  createSwitchFile,
  scrape,
  startPythonApi,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { countEach, durationCounts, sumCounts, totalOf, type DurationCounts } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';
import { send } from './send-requests.ts';

const READ = 'ROUTE_OWNER_CAP_API_V1_READ';
const file = createSwitchFile();

let python: Server;
let go: NewRuntimeApi;
let app: RunningApp;

before(async () => {
  [python, go] = await Promise.all([startPythonApi(), startNewRuntimeApi()]);
  app = await runApiApp({ API_UPSTREAM_URL: go.url, API_PYTHON_UPSTREAM_URL: python.url, ...file.env });
});

after(async () => {
  await app.stop();
  await Promise.all([python.stop(), go.close()]);
});

beforeEach(() => {
  go.seen.length = 0;
});

/** Sends a request, and tells which runtime answered it. */
async function servedBy(path: string, init: RequestInit = {}): Promise<string> {
  const before = go.seen.length;
  const answer = await fetch(app.url + path, { redirect: 'manual', ...init });
  await answer.arrayBuffer();
  return go.seen.length > before ? 'go' : 'python';
}

const REPOSITORY = '/api/v1/repository/acme/app';
const basic = (name: string): RequestInit => ({
  headers: { Authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}` },
});

test('reading and writing have owners of their own, and so has each endpoint; the rest goes by its family', async () => {
  await file.publish({ [READ]: 'go' }, { to: [app] });
  for (const method of ['GET', 'HEAD', 'OPTIONS'])
    assert.equal(await servedBy(REPOSITORY, { method }), 'go', method);
  for (const method of ['PUT', 'DELETE', 'POST'])
    assert.equal(await servedBy(REPOSITORY, { method }), 'python', method);
  assert.equal(await servedBy('/api/v1/nothing'), 'go', 'what no rule matches is read as well');
  for (const path of ['/', '/oauth/authorize', '/keys/services/quay/keys', '/realtime/user/subscribe'])
    assert.equal(await servedBy(path), 'python', path);

  await file.publish(
    {
      ROUTE_OWNER_FAMILY_API_V1: 'go',
      ROUTE_OWNER_FAMILY_REALTIME: 'go',
      ROUTE_OWNER_ROUTE_API_REPOSITORY_DELETE: 'python',
      ROUTE_OWNER_ROUTE_API_LISTPLANS: 'python',
    },
    { to: [app] },
  );
  assert.equal(await servedBy(REPOSITORY), 'go');
  assert.equal(await servedBy(REPOSITORY, { method: 'PUT' }), 'go');
  assert.equal(await servedBy(REPOSITORY, { method: 'DELETE' }), 'python');
  assert.equal(await servedBy('/api/v1/plans/'), 'python');
  assert.equal(await servedBy('/realtime/user/subscribe'), 'go');
  assert.equal(await servedBy('/oauth/authorize'), 'python');
});

test('a canary takes in an organization, its repositories, a repository, and a user', async () => {
  const canaries = { orgs: ['our-own'], repos: ['acme/app'], users: ['alice'] };
  await file.publish({ ROUTE_OWNER_FAMILY_API_V1: 'go' }, { to: [app], canaries });
  for (const path of [
    REPOSITORY,
    `${REPOSITORY}/tag/`,
    '/api/v1/repository/our-own/any/thing',
    '/api/v1/organization/our-own',
    '/api/v1/organization/our-own/team/developers/members',
    '/api/v1/superuser/users/our-own/quota',
  ])
    assert.equal(await servedBy(path), 'go', path);
  for (const path of [
    '/api/v1/repository/acme/other',
    '/api/v1/organization/acme',
    '/api/v1/user/',
    '/api/v1/plans/',
  ]) {
    assert.equal(await servedBy(path), 'python', path);
    assert.equal(await servedBy(path, basic('alice')), 'go', `${path} of alice`);
    assert.equal(await servedBy(path, basic('bob')), 'python', `${path} of bob`);
  }
});

test(
  'while owners change, each request is answered, decided and counted once: here or by Python',
  { timeout: 120_000 },
  async () => {
    await file.publish({}, { to: [app] });
    const counted = async (): Promise<DurationCounts> =>
      sumCounts(await durationCounts(app.adminUrl), await durationCounts(python.url));
    const decided = async () => totalOf(await scrape(app.adminUrl, 'quay_switch_owner_decision_total'));
    const [countedBefore, decidedBefore] = [await counted(), await decided()];
    const ofPythonBefore = totalOf(await durationCounts(python.url));

    const requests = [
      ['GET', `${REPOSITORY}?status=200`, 'GET api.repository 200 other'],
      ['HEAD', `${REPOSITORY}?status=404`, 'HEAD api.repository 404 other'],
      ['PUT', `${REPOSITORY}?status=403`, 'PUT api.repository 403 other'],
      ['DELETE', `${REPOSITORY}/tag/v1?status=204`, 'DELETE api.repositorytag 204 other'],
      ['POST', '/api/v1/organization/?status=201', 'POST api.organizationlist 201 other'],
      ['OPTIONS', '/api/v1/user/', 'OPTIONS api.user 200 other'],
    ] as const;
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const sent: string[] = [];
    let stopped = false;
    const client = async (first: number): Promise<void> => {
      for (let turn = first; !stopped; turn += 1) {
        const [method, target, key] = requests[turn % requests.length]!;
        sent.push(key);
        assert.equal(String(await send(agent, app.url, method, target)), key.split(' ')[2]);
      }
    };
    const clients = Promise.all(Array.from({ length: 12 }, (_, index) => client(index)));
    try {
      for (const owners of [
        { ROUTE_OWNER_FAMILY_API_V1: 'go' },
        { [READ]: 'go' },
        { ROUTE_OWNER_CAP_API_V1_WRITE: 'go' },
        { ROUTE_OWNER_FAMILY_API_V1: 'go' },
        {},
      ])
        await file.publish(owners, { to: [app] });
    } finally {
      stopped = true;
      await clients;
      agent.destroy();
    }

    assert.deepEqual(await counted(), sumCounts(countedBefore, countEach(sent)));
    assert.equal((await decided()) - decidedBefore, sent.length);
    const ofPython = totalOf(await durationCounts(python.url)) - ofPythonBefore;
    assert.equal(go.seen.length + ofPython, sent.length);
    assert.ok(go.seen.length > 20 && ofPython > 20, `${go.seen.length} and ${ofPython}`);
  },
);
