import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPush } from '../src/count-push.ts';

const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json';
const OCI = 'application/vnd.oci.image.manifest.v1+json';

test('a created manifest counts with the media type of the request', () => {
  const cases: [contentType: string | undefined, mediaType: string][] = [
    [undefined, SCHEMA1],
    ['', SCHEMA1],
    ['application/json', SCHEMA1],
    ['application/json; charset=utf-8', SCHEMA1],
    [OCI, OCI],
    [` ${OCI} ; charset=utf-8`, OCI],
    ['Application/VND.oci.image.manifest.v1+JSON', OCI],
    ['text/html', 'text/html'],
  ];
  for (const endpoint of ['v2.write_manifest_by_tagname', 'v2.write_manifest_by_digest']) {
    for (const [contentType, mediaType] of cases) {
      assert.deepEqual(countPush(endpoint, 'PUT', 201, contentType), {
        protocol: 'v2',
        status: '201',
        media_type: mediaType,
      });
    }
  }
});

test('a refused push counts by digest only, without a media type', () => {
  for (const status of [400, 404]) {
    assert.deepEqual(countPush('v2.write_manifest_by_digest', 'PUT', status, OCI), {
      protocol: 'v2',
      status: String(status),
      media_type: '',
    });
    assert.equal(countPush('v2.write_manifest_by_tagname', 'PUT', status, OCI), undefined);
  }
  for (const status of [200, 202, 401, 403, 405, 413, 415, 500, 502]) {
    assert.equal(countPush('v2.write_manifest_by_digest', 'PUT', status, OCI), undefined);
  }
});

test('v1 counts 204, 400, 403 and 404 of its PUT, without a media type', () => {
  for (const status of [200, 204, 400, 401, 403, 404, 500]) {
    const expected = [204, 400, 403, 404].includes(status)
      ? { protocol: 'v1', status: String(status), media_type: '' }
      : undefined;
    assert.deepEqual(countPush('v1.update_images', 'PUT', status, 'application/json'), expected);
  }
});

test('other methods and routes are no pushes', () => {
  assert.equal(countPush('v2.write_manifest_by_tagname', 'OPTIONS', 201, OCI), undefined);
  assert.equal(countPush('v2.monolithic_upload_or_last_chunk', 'PUT', 201, OCI), undefined);
  assert.equal(countPush('v2.delete_manifest_by_tag', 'DELETE', 202, OCI), undefined);
});
