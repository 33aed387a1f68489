import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@quay-observability/metrics';
import type { NamedPull } from '@quay-observability/registry-counting';
import type { ClaimVerdict } from '../src/notifications/event-claims.ts';
import { bindNotificationMetrics } from '../src/notifications/notification-metrics.ts';
import { createReceiveEnvelope } from '../src/notifications/receive-envelope.ts';
import { parseSamples } from './samples.ts';
import { DIGEST, sampleEvent } from './sample-events.ts';

/** A receiver whose claims get these verdicts, by id. */
function createReceiver(
  verdicts: Readonly<Record<string, ClaimVerdict>>,
  trackPull?: (pull: NamedPull) => void,
) {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  const settled: string[] = [];
  const failures: unknown[] = [];
  const receive = createReceiveEnvelope({
    claims: {
      claim: (ids) => Promise.resolve(ids.map((id) => verdicts[id] ?? 'mine')),
      settle: (ids) => Promise.resolve(void settled.push(...ids)),
    },
    metrics: bindNotificationMetrics(metrics),
    library: { enabled: true, namespace: 'library' },
    maxEvents: 10,
    trackPull,
    onTrackFailed: (error) => failures.push(error),
    onInvalid: () => undefined,
  });
  const pulls = async (): Promise<number> => {
    const samples = parseSamples((await metrics.exposition()).body.toString(), 'quay_registry_image_pulls');
    return [...samples.values()].reduce((total, value) => total + value, 0);
  };
  return { receive, settled, failures, pulls };
}

test('each counted pull of a manifest is tracked, by name, with its time; blobs and pushes are not', async () => {
  const tracked: NamedPull[] = [];
  const { receive } = createReceiver({ elsewhere: 'pending', before: 'counted' }, (pull) =>
    tracked.push(pull),
  );
  await receive({
    events: [
      sampleEvent({ target: { tag: 'latest' } }),
      sampleEvent({ target: { repository: 'ubuntu' }, request: { method: 'HEAD' } }),
      sampleEvent({ id: 'elsewhere' }),
      sampleEvent({ id: 'before' }),
      sampleEvent({}, 'blobs'),
      sampleEvent({ action: 'push', request: { method: 'PUT' } }),
    ],
  });
  const unixSeconds = Date.parse('2026-02-16T12:49:50Z') / 1000;
  assert.deepEqual(tracked, [
    { repository: 'devtable/simple', tag: 'latest', digest: DIGEST, unixSeconds },
    { repository: 'library/ubuntu', tag: undefined, digest: DIGEST, unixSeconds },
  ]);
});

test('only what was counted here is settled, also if tracking fails', async () => {
  const { receive, settled, failures, pulls } = createReceiver(
    { elsewhere: 'pending', before: 'counted' },
    () => {
      throw new Error('no room');
    },
  );
  const events = ['one', 'elsewhere', 'before', 'two', 'one'].map((id) => sampleEvent({ id }));
  assert.deepEqual(await receive({ events }), {
    counted: 2,
    duplicate: 2,
    ignored: 0,
    invalid: 0,
    pending: 1,
  });
  assert.deepEqual(settled, ['one', 'two']);
  assert.equal(failures.length, 2);
  assert.equal(await pulls(), 2);
});

test('a property that only the prototype has is no list of events', async () => {
  const { receive } = createReceiver({});
  await assert.rejects(receive(Object.create({ events: [] })), /`events`/);
});
