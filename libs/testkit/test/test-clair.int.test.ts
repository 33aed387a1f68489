import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startTestClair, type TestClair } from '../src/index.ts';

/*
 * What Clair's OpenAPI document (`httptransport/api/v1/openapi.json`) and the one that Quay checks answers with
 * (`util/secscan/v4/clair-v4.openapi.json`) say of each answer: its media type, and the members that must be there.
 */
const REQUIRED = {
  state: ['state'],
  indexReport: ['manifest_hash', 'state', 'packages', 'distributions', 'environments', 'success', 'err'],
  vulnerabilityReport: [
    'manifest_hash',
    'packages',
    'distributions',
    'environments',
    'vulnerabilities',
    'package_vulnerabilities',
  ],
  page: ['page', 'notifications'],
  error: ['code', 'message'],
};
const PSK = Buffer.from('a shared key').toString('base64');
const MANIFEST = `sha256:${'a'.repeat(64)}`;
const UNKNOWN = `sha256:${'b'.repeat(64)}`;
const NOTIFICATION = '269886f3-0146-4f08-9bf7-cb1138d48643';
const LAYER = { hash: UNKNOWN, uri: 'https://quay.test/layer', headers: {} };

let clair: TestClair;

before(async () => {
  const notifications = new Map([[NOTIFICATION, [MANIFEST, UNKNOWN, MANIFEST]]]);
  clair = await startTestClair({ psk: PSK, notifications });
});

after(() => clair.close());

function token(claims: object, key = PSK): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64url')}`;
}

const inMinutes = (minutes: number): number => Math.floor(Date.now() / 1000) + minutes * 60;

async function call(
  method: string,
  path: string,
  options: { body?: unknown; headers?: object; token?: string } = {},
) {
  const response = await fetch(`${clair.url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${options.token ?? token({ iss: 'quay', exp: inMinutes(5) })}`,
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const has = (members: readonly string[]): void => {
    for (const member of members) assert.ok(member in body, `${method} ${path}: no ${member} in ${text}`);
  };
  return { status: response.status, headers: response.headers, body, has, isEmpty: text === '' };
}

test('the indexer: state, index, report, deletion', async () => {
  const state = await call('GET', '/indexer/api/v1/index_state');
  assert.equal(state.status, 200);
  state.has(REQUIRED.state);
  const etag = `"${String(state.body.state)}"`;
  assert.equal(state.headers.get('etag'), etag);
  const again = await call('GET', '/indexer/api/v1/index_state', { headers: { 'If-None-Match': etag } });
  assert.deepEqual([again.status, again.isEmpty], [304, true]);

  assert.equal((await call('GET', `/indexer/api/v1/index_report/${MANIFEST}`)).status, 404);
  const body = { hash: MANIFEST, layers: [LAYER] };
  const indexed = await call('POST', '/indexer/api/v1/index_report', { body });
  assert.equal(indexed.status, 201);
  indexed.has(REQUIRED.indexReport);
  assert.deepEqual([indexed.body.manifest_hash, indexed.body.state], [MANIFEST, 'IndexFinished']);
  assert.equal(indexed.headers.get('etag'), etag);
  assert.equal(indexed.headers.get('location'), `/indexer/api/v1/index_report/${MANIFEST}`);
  assert.match(indexed.headers.get('link') ?? '', /rel="https:\/\/projectquay\.io\/clair\/v1\/index_report"/);
  const report = await call('GET', `/indexer/api/v1/index_report/${MANIFEST}`);
  assert.deepEqual(report.body, indexed.body);
  assert.equal(report.headers.get('content-type'), 'application/vnd.clair.index_report.v1+json');
  const unchanged = await call('POST', '/indexer/api/v1/index_report', {
    body,
    headers: { 'If-None-Match': etag },
  });
  assert.equal(unchanged.status, 412);
  assert.equal((await call('DELETE', `/indexer/api/v1/index_report/${MANIFEST}`)).status, 204);
  assert.equal((await call('GET', `/indexer/api/v1/index_report/${MANIFEST}`)).status, 404);
});

test('the matcher: a report for what is indexed, 404 for what is not, 202 before it has its data', async () => {
  await call('POST', '/indexer/api/v1/index_report', { body: { hash: MANIFEST, layers: [LAYER] } });
  const report = await call('GET', `/matcher/api/v1/vulnerability_report/${MANIFEST}`);
  assert.equal(report.status, 200);
  report.has(REQUIRED.vulnerabilityReport);
  const missing = await call('GET', `/matcher/api/v1/vulnerability_report/${UNKNOWN}`);
  assert.equal(missing.status, 404);
  missing.has(REQUIRED.error);
  const young = await startTestClair({ initialized: false });
  const answer = await fetch(`${young.url}/matcher/api/v1/vulnerability_report/${MANIFEST}`);
  assert.deepEqual([answer.status, await answer.text()], [202, '']);
  await young.close();
});

test('the notifier: pages until there is no next one, then deletion', async () => {
  const path = `/notifier/api/v1/notification/${NOTIFICATION}`;
  const manifests: unknown[] = [];
  for (let next = ''; ;) {
    const { body, has, status } = await call('GET', `${path}?page_size=2${next}`);
    assert.equal(status, 200);
    has(REQUIRED.page);
    manifests.push(...(body.notifications as { manifest: string }[]).map(({ manifest }) => manifest));
    const page = body.page as { size: number; next?: string };
    assert.equal(page.size, 2);
    if (page.next === undefined) break;
    next = `&next=${page.next}`;
  }
  assert.deepEqual(manifests, [MANIFEST, UNKNOWN, MANIFEST]);
  assert.equal((await call('DELETE', path)).status, 200);
  assert.deepEqual((await call('GET', path)).body.notifications, []);
});

test('errors have a code and a message', async () => {
  const cases = [
    ['POST', '/indexer/api/v1/index_report', 'not JSON', 400, 'bad-request'],
    ['POST', '/indexer/api/v1/index_report', { hash: MANIFEST, layers: [] }, 400, 'bad-request'],
    ['PUT', '/indexer/api/v1/index_report', {}, 405, 'method-not-allowed'],
    ['GET', '/indexer/api/v1/index_report/nothing', undefined, 400, 'bad-request'],
    ['GET', `/indexer/api/v1/index_report/${UNKNOWN}`, undefined, 404, 'not-found'],
    ['GET', '/matcher/api/v1/vulnerability_report/nothing', undefined, 400, 'bad-request'],
    ['POST', `/matcher/api/v1/vulnerability_report/${MANIFEST}`, {}, 405, 'method-not-allowed'],
    ['GET', '/notifier/api/v1/notification/nothing', undefined, 400, 'bad-request'],
    ['GET', `/notifier/api/v1/notification/${NOTIFICATION}?next=x`, undefined, 400, 'bad-request'],
    ['DELETE', `/notifier/api/v1/notification/${UNKNOWN}`, undefined, 400, 'bad-request'],
  ] as const;
  for (const [method, path, body, status, code] of cases) {
    const answer = await call(method, path, { body });
    assert.equal(answer.status, status, `${method} ${path}`);
    answer.has(REQUIRED.error);
    assert.equal(answer.body.code, code);
  }
});

test('who has no good token gets a 401 without a word', async () => {
  const bad = [
    'nothing',
    token({ iss: 'quay', exp: inMinutes(5) }, Buffer.from('another').toString('base64')),
    token({ iss: 'quay', exp: inMinutes(-1) }),
    token({ iss: 'somebody', exp: inMinutes(5) }),
  ];
  for (const each of bad) {
    const answer = await call('GET', '/indexer/api/v1/index_state', { token: each });
    assert.deepEqual([answer.status, answer.isEmpty], [401, true]);
  }
});
