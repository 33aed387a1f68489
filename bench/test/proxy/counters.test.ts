import assert from 'node:assert/strict';
import { test } from 'node:test';
import { miscount, parseCounted } from '../../src/proxy/counters.ts';

const EXPOSITION = `# TYPE quay_registry_image_pulls_total counter
quay_registry_image_pulls_total{protocol="v2",ref="tag",status="200",runtime="go"} 12
quay_registry_image_pulls_total{protocol="v2",ref="tag",status="404",runtime="go"} 3
quay_registry_image_pulls_total{protocol="v2",ref="manifest",status="200",runtime="go"} 4
quay_registry_image_pulled_estimated_bytes_total{protocol="v2",runtime="go"} 134217728
quay_request_duration_seconds_count{method="GET",route="v2.fetch_manifest_by_tagname",status="200",namespace_name="other",runtime="go"} 12
quay_request_duration_seconds_count{method="GET",route="v2.download_blob",status="200",namespace_name="other",runtime="go"} 2
`;

const none = { tagPulls: 0, blobBytes: 0, manifestTimings: 0 };

test('successful pulls by tag, their timings and the bytes of blobs are read', () => {
  assert.deepEqual(parseCounted(EXPOSITION), { tagPulls: 12, blobBytes: 134217728, manifestTimings: 12 });
  assert.deepEqual(parseCounted(''), none);
});

test('counts may exceed what the client received by what was under way, and by no more', () => {
  const after = { tagPulls: 12, blobBytes: 64, manifestTimings: 12 };
  assert.equal(miscount(none, after, { manifests: 12, unfinished: 0, blobBytes: 64 }), undefined);
  assert.equal(miscount(none, after, { manifests: 10, unfinished: 2, blobBytes: 64 }), undefined);
  assert.match(String(miscount(none, after, { manifests: 10, unfinished: 1, blobBytes: 64 })), /counted 12/);
  assert.match(String(miscount(none, after, { manifests: 13, unfinished: 5, blobBytes: 64 })), /tagPulls/);
  assert.match(String(miscount(none, after, { manifests: 12, unfinished: 0, blobBytes: 65 })), /blobBytes/);
});
