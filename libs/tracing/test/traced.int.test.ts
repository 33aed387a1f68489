import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@quay-observability/testkit';
import { activeTraceContext, startTracing, traced, type Tracing } from '../src/index.ts';
import { settingsFor } from './run-app.ts';

let receiver: OtlpReceiver;
before(async () => {
  receiver = await startOtlpReceiver();
});
after(() => receiver.stop());

/** Runs `work` while everything is traced, and gives the spans by name. */
async function spansOf(work: () => unknown): Promise<Map<string, ReceivedSpan>> {
  const before = receiver.spans().length;
  const tracing: Tracing = await startTracing(
    settingsFor(receiver.url),
    { onProblem: (message) => assert.fail(message) },
    { instrumentations: [] },
  );
  await work();
  await tracing.shutdown();
  return new Map(
    receiver
      .spans()
      .slice(before)
      .map((span) => [span.name, span]),
  );
}

test('a function keeps its arguments, its result and its this, traced or not', async () => {
  const account = {
    balance: 5,
    add: traced('add', function (this: { balance: number }, amount: number) {
      return this.balance + amount;
    }),
  };
  const double = traced('double', async (value: number) => Promise.resolve(value * 2));
  assert.equal(account.add(2), 7);
  assert.equal(await double(4), 8);
  const spans = await spansOf(async () => {
    assert.equal(account.add(3), 8);
    assert.equal(await double(21), 42);
  });
  assert.deepEqual([...spans.keys()].sort(), ['add', 'double']);
  for (const { status } of spans.values()) assert.equal(status.code, 'unset');
});

test('calls within calls are children, across awaits', async () => {
  const inner = traced('inner', async () => Promise.resolve(activeTraceContext()));
  const outer = traced('outer', async () => {
    await new Promise(setImmediate);
    return inner();
  });
  const spans = await spansOf(outer);
  assert.equal(spans.get('inner')?.parentSpanId, spans.get('outer')?.spanId);
  assert.equal(spans.get('outer')?.parentSpanId, '');
});

test('an exception and a rejection are recorded, mark the span, and go on', async () => {
  const failure = new TypeError('as intended');
  const spans = await spansOf(async () => {
    const throwing = traced('throws', () => {
      throw failure;
    });
    assert.throws(throwing, (error) => error === failure);
    const rejecting = traced('rejects', async () => Promise.reject(failure));
    await assert.rejects(rejecting, (error) => error === failure);
  });
  for (const name of ['throws', 'rejects']) {
    const span = spans.get(name);
    assert.deepEqual(span?.status, { code: 'error', message: 'as intended' });
    assert.equal(span.attributes['error.type'], 'TypeError');
    assert.equal(span.events[0]?.attributes['exception.type'], 'TypeError');
    assert.match(String(span.events[0].attributes['exception.stacktrace']), /traced\.int\.test/);
  }
});

test('a thenable that is no promise, such as a query builder, is not touched', async () => {
  let asked = 0;
  const builder = {
    then() {
      asked++;
    },
  };
  const spans = await spansOf(() => {
    assert.equal(traced('builds', () => builder)(), builder);
    return undefined;
  });
  assert.equal(asked, 0);
  assert.ok(spans.has('builds'));
});

test('tracing cannot be started twice, and can be started again', async () => {
  const quiet = { onProblem: () => undefined };
  const first = await startTracing(settingsFor(receiver.url), quiet, { instrumentations: [] });
  await assert.rejects(startTracing(settingsFor(receiver.url), quiet), /running already/);
  await first.shutdown();
  const spans = await spansOf(traced('again', () => undefined));
  assert.ok(spans.has('again'));
});
