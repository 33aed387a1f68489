import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownBlobSize, measureBlob, type BlobMeasure } from '../src/measure-blob.ts';

const BLOB = 'v2.download_blob';
const LAYER = 'v1.get_image_layer';
const size = (sizeBytes: number): BlobMeasure => ({ kind: 'size', sizeBytes });
const NONE: BlobMeasure = { kind: 'none' };
const SENT: BlobMeasure = { kind: 'sent' };
const LOOK_UP: BlobMeasure = { kind: 'look-up' };

const CASES: [
  endpoint: string,
  method: string,
  status: number,
  headers: Record<string, string>,
  expected: BlobMeasure,
][] = [
  [BLOB, 'GET', 200, { 'content-length': '1234' }, size(1234)],
  [BLOB, 'GET', 200, { 'content-length': '0' }, size(0)],
  [BLOB, 'GET', 200, {}, SENT],
  [BLOB, 'GET', 200, { 'content-length': 'many' }, SENT],
  [BLOB, 'GET', 206, { 'content-length': '10', 'content-range': 'bytes 0-9/1234' }, size(1234)],
  [BLOB, 'GET', 206, { 'content-length': '10', 'content-range': 'bytes 0-9/*' }, LOOK_UP],
  [BLOB, 'GET', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, LOOK_UP],
  [BLOB, 'GET', 416, { 'content-range': 'bytes */1234' }, size(1234)],
  [BLOB, 'GET', 416, {}, LOOK_UP],
  [BLOB, 'GET', 304, {}, LOOK_UP],
  ...[301, 302, 303, 307, 308].map(
    (status) => [BLOB, 'GET', status, { 'content-length': '99' }, LOOK_UP] as (typeof CASES)[number],
  ),
  ...[204, 300, 400, 401, 403, 404, 429, 500, 502, 503].map(
    (status) => [BLOB, 'GET', status, { 'content-length': '99' }, NONE] as (typeof CASES)[number],
  ),
  [BLOB, 'HEAD', 200, { 'content-length': '1234' }, NONE],
  [BLOB, 'OPTIONS', 200, { 'content-length': '1234' }, NONE],
  [LAYER, 'GET', 200, { 'content-length': '1234' }, size(1234)],
  [LAYER, 'GET', 200, {}, SENT],
  [LAYER, 'GET', 302, {}, LOOK_UP],
  [LAYER, 'GET', 304, {}, NONE],
  ['v1.head_image_layer', 'HEAD', 200, { 'content-length': '1234' }, NONE],
  ['v2.check_blob_exists', 'HEAD', 200, { 'content-length': '1234' }, NONE],
  ['v2.fetch_manifest_by_digest', 'GET', 200, { 'content-length': '1234' }, NONE],
];

for (const [endpoint, method, status, headers, expected] of CASES) {
  test(`${method} ${endpoint} ${status} ${JSON.stringify(headers)} -> ${expected.kind}`, () => {
    assert.deepEqual(
      measureBlob(endpoint, method, status, (name) => headers[name]),
      expected,
    );
  });
}

test('an answer to HEAD tells a size to remember', () => {
  const header = (name: string): string | undefined => (name === 'content-length' ? '1234' : undefined);
  assert.equal(knownBlobSize('v2.check_blob_exists', 200, header), 1234);
  assert.equal(knownBlobSize('v2.check_blob_exists', 404, header), undefined);
  assert.equal(
    knownBlobSize('v2.check_blob_exists', 200, () => undefined),
    undefined,
  );
  assert.equal(knownBlobSize('v2.download_blob', 307, header), undefined);
});
