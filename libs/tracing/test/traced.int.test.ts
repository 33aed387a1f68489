import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@quay-observability/testkit';
import {
  activeTraceContext,
  startHttpSpan,
  startTracing,
  traced,
  type Tracing,
  type TracingOptions,
} from '../src/index.ts';
import { settingsFor } from './run-app.ts';

let receiver: OtlpReceiver;
before(async () => {
  receiver = await startOtlpReceiver();
});
after(() => receiver.stop());

/** Runs `work` while everything is traced, and gives the spans by name. */
async function spansOf(
  work: () => unknown,
  options: TracingOptions = {},
): Promise<Map<string, ReceivedSpan>> {
  const before = receiver.spans().length;
  const tracing: Tracing = await startTracing(
    settingsFor(receiver.url),
    { onProblem: (message) => assert.fail(message) },
    { instrumentations: [], ...options },
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

test('what is told of failures is scrubbed; a scrub that fails lets nothing out', async () => {
  const failing = traced('connects', () => {
    throw new Error('connect postgresql://quay:hunter2@db failed', {
      cause: new Error('password hunter2 refused'),
    });
  });
  const request = () => {
    const span = startHttpSpan({ method: 'GET', path: '/', headers: {} });
    span.recordError('redis://:hunter2@cache is gone');
    span.end();
  };
  const work = () => {
    assert.throws(failing, /hunter2/, 'the error itself stays');
    request();
  };
  const spans = await spansOf(work, { scrub: (text) => text.replaceAll('hunter2', '***') });
  assert.equal(spans.get('connects')?.status.message, 'connect postgresql://quay:***@db failed');
  assert.equal(spans.get('GET')?.status.message, 'redis://:***@cache is gone');
  assert.match(
    String(spans.get('connects')?.events[0]?.attributes['exception.stacktrace']),
    /quay:\*\*\*@db failed\n/,
  );
  assert.ok(!JSON.stringify([...spans]).includes('hunter2'));

  const broken = await spansOf(work, {
    scrub: () => {
      throw new Error('as intended');
    },
  });
  assert.ok(broken.has('connects') && broken.has('GET'));
  assert.ok(!JSON.stringify([...broken]).includes('hunter2'));
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
