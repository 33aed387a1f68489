import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPull } from '../src/count-pull.ts';

const COUNTED: [endpoint: string, protocol: string, ref: string, statuses: number[]][] = [
  ['v2.fetch_manifest_by_tagname', 'v2', 'tag', [200, 400, 404]],
  ['v2.fetch_manifest_by_digest', 'v2', 'manifest', [200, 404]],
  ['v1.get_repository_images', 'v1', 'tag', [200, 403, 404]],
];
const EVERY_STATUS = [200, 201, 204, 206, 301, 304, 307, 400, 401, 403, 404, 405, 416, 429, 500, 502, 503];

for (const [endpoint, protocol, ref, statuses] of COUNTED) {
  test(`${endpoint} counts ${statuses.join(', ')} of GET and HEAD, and nothing else`, () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const status of EVERY_STATUS) {
        const expected =
          ['GET', 'HEAD'].includes(method) && statuses.includes(status)
            ? { protocol, ref, status: String(status) }
            : undefined;
        assert.deepEqual(countPull(endpoint, method, status), expected, `${method} ${status}`);
      }
    }
  });
}

test('no other route is a pull', () => {
  for (const endpoint of [
    'v2.download_blob',
    'v2.v2_support_enabled',
    'v2.list_all_tags',
    'v1.get_image_json',
    'constructor',
  ]) {
    assert.equal(countPull(endpoint, 'GET', 200), undefined);
  }
});
