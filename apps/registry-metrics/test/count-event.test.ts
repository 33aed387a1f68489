import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countEvent, type EventCount } from '../src/notifications/count-event.ts';
import { readEvent } from '../src/notifications/read-event.ts';
import { DIGEST, sampleEvent } from './sample-events.ts';

function count(...sample: Parameters<typeof sampleEvent>): EventCount | undefined {
  const read = readEvent(sampleEvent(...sample), Date.now());
  assert.ok(read.kind === 'event', JSON.stringify(read));
  return countEvent(read.event);
}

test('a manifest is pulled by GET and by HEAD, by tag and by digest', () => {
  const named = {
    repository: 'devtable/simple',
    digest: DIGEST,
    unixSeconds: Date.parse('2026-02-16T12:49:50Z') / 1000,
  };
  for (const method of ['GET', 'HEAD', undefined]) {
    assert.deepEqual(count({ target: { tag: 'latest' }, request: { method } }), {
      kind: 'pull',
      pull: { protocol: 'v2', ref: 'tag', status: '200' },
      named: { ...named, tag: 'latest' },
    });
    assert.deepEqual(count({ request: { method } }), {
      kind: 'pull',
      pull: { protocol: 'v2', ref: 'manifest', status: '200' },
      named: { ...named, tag: undefined },
    });
  }
});

test('a manifest is pushed by its type; one without is Docker schema 1', () => {
  const push = (target: object): EventCount | undefined =>
    count({ action: 'push', target, request: { method: 'PUT' } });
  const pushed = (mediaType: string) => ({
    kind: 'push',
    push: { protocol: 'v2', status: '201', media_type: mediaType },
  });
  const index = 'application/vnd.oci.image.index.v1+json';
  assert.deepEqual(push({ tag: 'latest' }), pushed('application/vnd.oci.image.manifest.v1+json'));
  assert.deepEqual(push({ mediaType: index }), pushed(index));
  const schema1 = 'application/vnd.docker.distribution.manifest.v1+json';
  for (const mediaType of [undefined, '', 'application/json'])
    assert.deepEqual(push({ mediaType }), pushed(schema1));
});

test('a blob counts its whole size by GET, and nothing by HEAD or when it is pushed', () => {
  assert.deepEqual(count({ target: { size: 5, length: 6 } }, 'blobs'), { kind: 'bytes', sizeBytes: 5 });
  assert.deepEqual(count({ target: { size: undefined, length: 6 } }, 'blobs'), {
    kind: 'bytes',
    sizeBytes: 6,
  });
  assert.equal(count({ request: { method: 'HEAD' } }, 'blobs'), undefined);
  assert.equal(count({ action: 'push', request: { method: 'PUT' } }, 'blobs'), undefined);
  assert.equal(count({ action: 'push', request: { method: 'POST' } }, 'blobs'), undefined);
});

test('what a registry reads of its own accord, for a request of another kind, is no pull', () => {
  for (const method of ['PUT', 'DELETE', 'POST', 'BREW']) {
    assert.equal(count({ request: { method } }), undefined);
    assert.equal(count({ request: { method } }, 'blobs'), undefined);
  }
  assert.equal(count({ action: 'push' }), undefined, 'a push by GET');
});
