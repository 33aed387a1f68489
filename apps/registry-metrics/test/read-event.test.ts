import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvent, type ReadEvent, type RegistryEvent } from '../src/notifications/read-event.ts';
import { DIGEST, sampleEvent } from './sample-events.ts';

const NOW_MS = Date.parse('2026-11-25T12:00:00Z');
const read = (value: unknown): ReadEvent => readEvent(value, NOW_MS);

function readWell(value: unknown): RegistryEvent {
  const result = read(value);
  assert.ok(result.kind === 'event', JSON.stringify(result));
  return result.event;
}

test('an event of distribution 2.8 is read as it is', () => {
  assert.deepEqual(read(sampleEvent({ id: 'one', target: { tag: 'latest' } })), {
    kind: 'event',
    event: {
      id: 'one',
      action: 'pull',
      method: 'GET',
      content: 'manifest',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: DIGEST,
      sizeBytes: 402,
      repository: 'devtable/simple',
      tag: 'latest',
      unixSeconds: Date.parse('2026-02-16T12:49:50Z') / 1000,
    },
  });
});

test('the address tells manifests from blobs; without it the media type does', () => {
  const contentOf = (target: object): string => readWell(sampleEvent({ target })).content;
  const unknown = 'application/vnd.example.thing.v1+json';
  assert.equal(contentOf({ mediaType: unknown }), 'manifest');
  assert.equal(contentOf({ mediaType: unknown, url: '/v2/a/b/blobs/sha256:ab' }), 'blob');
  // A repository may be called as the parts of addresses are.
  assert.equal(contentOf({ url: '/v2/manifests/manifests/blobs/sha256:ab?ns=x/manifests/y' }), 'blob');
  for (const url of ['', undefined, 'https://registry.test/', 'nonsense']) {
    assert.equal(contentOf({ url }), 'manifest');
    assert.equal(contentOf({ url, mediaType: 'application/octet-stream' }), 'blob');
    assert.equal(contentOf({ url, mediaType: 'application/vnd.oci.image.index.v1+json' }), 'manifest');
    assert.equal(contentOf({ url, mediaType: 'application/vnd.oci.artifact.manifest.v1+json' }), 'manifest');
    assert.equal(
      contentOf({ url, mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws' }),
      'manifest',
    );
    assert.equal(
      contentOf({ url, mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json' }),
      'manifest',
    );
    assert.equal(contentOf({ url, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }), 'blob');
    assert.equal(contentOf({ url, mediaType: 'application/vnd.oci.image.config.v1+json' }), 'blob');
  }
});

test('what Go leaves out is absent: a size of 0, no tag, no method', () => {
  const event = sampleEvent({ target: { size: undefined, length: undefined, tag: '' } });
  const { sizeBytes, tag } = readWell(event);
  assert.deepEqual([sizeBytes, tag], [0, undefined]);
  assert.equal(readWell(sampleEvent({ target: { size: undefined, length: 7 } })).sizeBytes, 7);
  assert.equal(readWell(JSON.parse(JSON.stringify({ ...event, request: undefined }))).method, undefined);
});

test('the time of the event counts, unless there is none or it is to come', () => {
  const secondsOf = (timestamp: unknown): number => readWell(sampleEvent({ timestamp })).unixSeconds;
  assert.equal(secondsOf('2026-11-25T11:59:59.999999999Z'), NOW_MS / 1000 - 1);
  assert.equal(secondsOf('2026-11-25T12:59:59+01:00'), NOW_MS / 1000 - 1);
  for (const timestamp of [
    undefined,
    null,
    17,
    '',
    'yesterday',
    '2026-11-25T12:00:01Z',
    '0001-01-01T00:00:00Z',
    '2026-99-99T00:00:00Z',
    `2026-11-25T11:00:00.${'0'.repeat(100)}Z`,
  ])
    assert.equal(secondsOf(timestamp), NOW_MS / 1000, String(timestamp));
});

test('other actions are passed over, whatever else the event holds', () => {
  for (const action of ['mount', 'delete', 'rename', 'constructor'])
    assert.deepEqual(read({ action, target: 5 }), { kind: 'ignored', action });
});

test('a fault is told by its field, and never by its value', () => {
  const faults: [unknown, RegExp][] = [
    [null, /^expected an object$/],
    [[], /^expected an object$/],
    ['secret', /^expected an object$/],
    [{}, /^action: /],
    [sampleEvent({ action: 5 }), /^action: /],
    [sampleEvent({ id: undefined }), /^id: /],
    [sampleEvent({ id: 'secret'.repeat(200) }), /^id: /],
    [{ ...sampleEvent(), target: 'secret' }, /^target: /],
    [{ ...sampleEvent(), request: 'secret' }, /^request: /],
    [sampleEvent({ request: { method: 7 } }), /^request\.method: /],
    [sampleEvent({ target: { digest: 'secret' } }), /^target\.digest: /],
    [sampleEvent({ target: { digest: undefined } }), /^target\.digest: /],
    [sampleEvent({ target: { tag: 'sec ret' } }), /^target\.tag: /],
    [sampleEvent({ target: { tag: ['secret'] } }), /^target\.tag: /],
    [sampleEvent({ target: { repository: '' } }), /^target\.repository: /],
    [sampleEvent({ target: { repository: 'a'.repeat(256) } }), /^target\.repository: /],
    [sampleEvent({ target: { size: -1 } }), /^target\.size: /],
    [sampleEvent({ target: { size: 1.5 } }), /^target\.size: /],
    [sampleEvent({ target: { size: 1e300 } }), /^target\.size: /],
    [sampleEvent({ target: { size: '402' } }), /^target\.size: /],
    [sampleEvent({ target: { mediaType: undefined, url: undefined } }), /^target\.mediaType: /],
    [sampleEvent({ target: { url: {} } }), /^target\.url: /],
    [JSON.parse(`{"__proto__": ${JSON.stringify(sampleEvent())}}`), /^action: /],
  ];
  for (const [value, problem] of faults) {
    const result = read(value);
    assert.ok(result.kind === 'invalid', JSON.stringify(value));
    assert.match(result.problem, problem);
    assert.doesNotMatch(result.problem, /secret/);
  }
});

test('no JSON value makes it throw, wherever it stands', () => {
  const paths = ['id', 'timestamp', 'action', 'target', 'request'].map((field) => [field]);
  paths.push(
    ...['mediaType', 'size', 'length', 'digest', 'repository', 'url', 'tag'].map((field) => [
      'target',
      field,
    ]),
  );
  paths.push(['request', 'method']);
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), ([first = '', second], value) => {
      const event: Record<string, unknown> = sampleEvent();
      if (second === undefined) event[first] = value;
      else (event[first] as Record<string, unknown>)[second] = value;
      const result = read(event);
      verdicts.add(result.kind);
      if (result.kind !== 'event') return;
      assert.ok(Number.isSafeInteger(result.event.sizeBytes) && result.event.sizeBytes >= 0);
      assert.ok(result.event.unixSeconds > 0 && result.event.unixSeconds <= NOW_MS / 1000);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void verdicts.add(read(value).kind)),
    { numRuns: 500 },
  );
  assert.deepEqual([...verdicts].sort(), ['event', 'ignored', 'invalid']);
});
