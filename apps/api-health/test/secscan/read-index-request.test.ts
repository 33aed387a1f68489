import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIndexRequestReader } from '../../src/secscan/read-index-request.ts';
import { createReportStateReader } from '../../src/secscan/read-report-state.ts';

const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;
const layer = (hash: unknown) => ({
  hash,
  uri: 'https://quay.test/v2/a/b/blobs/x?token=secret',
  headers: { Authorization: ['Bearer secret'], hash: ['sha256:x'] },
});

void test('an Index request: its manifest, its layers in order with what occurs twice', () => {
  const reader = createIndexRequestReader();
  const body = JSON.stringify({
    hash: digest(1),
    layers: [layer(digest(2)), layer(digest(3)), layer(digest(2))],
  });
  const half = Math.floor(body.length / 2);
  reader.push(Buffer.from(body.slice(0, half)));
  assert.equal(reader.request(), undefined);
  reader.push(Buffer.from(body.slice(half)));
  assert.deepEqual(reader.request(), {
    manifestDigest: digest(1),
    layerDigests: [digest(2), digest(3), digest(2)],
    unreadableLayers: 0,
  });
});

void test('what is no digest is no digest', () => {
  const reader = createIndexRequestReader();
  const layers = [
    layer('sha256:short'),
    layer(`${digest(1)}'; drop table manifest`),
    layer(digest(4)),
    layer(7),
  ];
  reader.push(Buffer.from(JSON.stringify({ hash: '../../etc', layers })));
  assert.deepEqual(reader.request(), {
    manifestDigest: undefined,
    layerDigests: [digest(4)],
    unreadableLayers: 2,
  });
});

void test('of a request with too many layers the rest is only counted', () => {
  const reader = createIndexRequestReader();
  const layers = Array.from({ length: 12_000 }, (_, n) => ({ hash: digest(n) }));
  reader.push(Buffer.from(JSON.stringify({ layers })));
  const request = reader.request();
  assert.equal(request?.layerDigests.length, 10_000);
  assert.equal(request.unreadableLayers, 2000);
  assert.equal(reader.layers(), 12_000);
});

void test('the state of a report is its own, not that of something inside', () => {
  const read = (report: object | string): string | undefined => {
    const reader = createReportStateReader();
    reader.push(Buffer.from(typeof report === 'string' ? report : JSON.stringify(report)));
    return reader.state();
  };
  assert.equal(read({ manifest_hash: 'a', state: 'IndexFinished', packages: {} }), 'IndexFinished');
  assert.equal(read({ packages: { 1: { state: 'IndexFinished' } }, state: 'IndexError' }), 'IndexError');
  assert.equal(read({ packages: { 1: { state: 'IndexFinished' } } }), undefined);
  assert.equal(read('<html>state: IndexFinished</html>'), undefined);
});
