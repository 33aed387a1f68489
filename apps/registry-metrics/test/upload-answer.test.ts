import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute } from '@quay-observability/registry-routes';
import { readUploadAnswer } from '../src/upload-answer.ts';

const ID = '9f0e1a52-4f2b-4c9e-8a52-6d1f0a3b7c11';
const COLLECTION = '/v2/devtable/simple/blobs/uploads/';
const UPLOAD = COLLECTION + ID;

function read(method: string, path: string, status: number, headers: Record<string, string> = {}) {
  const route = matchRoute(method, path);
  assert.ok(route !== undefined && 'endpoint' in route, `${method} ${path} is a route`);
  return readUploadAnswer(route, method, status, (name) => headers[name]);
}

test('a started upload is known by the address that its next request will have', () => {
  const open = { uploadId: ID, open: true };
  const started = (headers: Record<string, string>) => read('POST', COLLECTION, 202, headers);
  assert.deepEqual(started({ location: UPLOAD }), open);
  assert.deepEqual(started({ location: `https://quay.test:8443${UPLOAD}?_state=abc%2Fdef` }), open);
  assert.deepEqual(started({ location: UPLOAD, 'docker-upload-uuid': 'another' }), open);
  assert.deepEqual(started({ 'docker-upload-uuid': ID }), open);
  assert.deepEqual(started({ location: 'https://storage.test/bucket/key', 'docker-upload-uuid': ID }), open);
  assert.deepEqual(started({ location: `${COLLECTION}a%2Fb%20c` })?.uploadId, 'b c');
});

test('an answer that names no upload says nothing of one', () => {
  assert.equal(read('POST', COLLECTION, 202), undefined);
  assert.equal(read('POST', COLLECTION, 202, { location: COLLECTION }), undefined);
  assert.equal(read('POST', COLLECTION, 202, { location: 'http://[' }), undefined);
  // Mounted, or uploaded whole: nothing is open.
  assert.equal(read('POST', `${COLLECTION}?mount=sha256:aa&from=a/b`, 201, { location: UPLOAD }), undefined);
  assert.equal(read('POST', COLLECTION, 401, { location: UPLOAD }), undefined);
});

test('a chunk keeps its upload open, under the id of the answer if it has one', () => {
  assert.deepEqual(read('PATCH', UPLOAD, 202), { uploadId: ID, open: true });
  assert.deepEqual(read('PATCH', UPLOAD, 202, { location: `${COLLECTION}next` }), {
    uploadId: 'next',
    open: true,
  });
  assert.deepEqual(read('GET', UPLOAD, 204), { uploadId: ID, open: true });
});

test('an upload is over when it is complete, cancelled or unknown', () => {
  const over = { uploadId: ID, open: false };
  assert.deepEqual(
    read('PUT', `${UPLOAD}?digest=sha256:aa`, 201, { location: '/v2/devtable/simple/blobs/sha256:aa' }),
    over,
  );
  assert.deepEqual(read('DELETE', UPLOAD, 204), over);
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE'])
    assert.deepEqual(read(method, UPLOAD, 404), over, method);
});

test('an answer that changes nothing leaves the upload as it is', () => {
  for (const [method, status] of [
    ['PATCH', 416],
    ['PATCH', 500],
    ['PATCH', 401],
    ['PUT', 400],
    ['PUT', 503],
    ['DELETE', 401],
  ] as const)
    assert.equal(read(method, UPLOAD, status, { location: UPLOAD }), undefined, `${method} ${status}`);
});

test('other routes have nothing to do with uploads', () => {
  assert.equal(read('PUT', '/v2/devtable/simple/manifests/latest', 201, { location: UPLOAD }), undefined);
  assert.equal(read('GET', '/v2/devtable/simple/manifests/latest', 404), undefined);
});
