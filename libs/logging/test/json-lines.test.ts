import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureLog, jsonLineOf, type JsonLine } from './capture.ts';

const ASCTIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}$/;

test('a line has asctime, levelname, name, process and message on top and the fields under data', () => {
  const { logger, lines } = captureLog({ name: 'registry-metrics' });
  logger.info('Manifest served', {
    repository: 'quay/clair',
    status: 200,
    cached: false,
    ratio: 0.5,
    tag: null,
  });
  const line = JSON.parse(lines()[0] ?? '') as JsonLine;
  assert.match(line.asctime, ASCTIME);
  assert.deepEqual(
    { ...line, asctime: '' },
    {
      asctime: '',
      levelname: 'INFO',
      name: 'registry-metrics',
      process: process.pid,
      message: 'Manifest served',
      data: { repository: 'quay/clair', status: 200, cached: false, ratio: 0.5, tag: null },
    },
  );
});

test('levels carry the names of Python, and debug is off unless asked for', () => {
  for (const debug of [false, true]) {
    const { logger, lines } = captureLog({ debug });
    for (const level of ['debug', 'info', 'warning', 'error', 'critical'] as const) logger[level]('x');
    const names = lines().map((line) => (JSON.parse(line) as JsonLine).levelname);
    assert.deepEqual(names, [...(debug ? ['DEBUG'] : []), 'INFO', 'WARNING', 'ERROR', 'CRITICAL']);
  }
});

test('a child has a dotted name and the same output', () => {
  const { logger, lines } = captureLog({ name: 'gateway' });
  logger.child('upstream').child('pool').info('x');
  assert.equal((JSON.parse(lines()[0] ?? '') as JsonLine).name, 'gateway.upstream.pool');
});

test('trace and span id are on top while a span is active, and a broken tracer costs no line', () => {
  let trace = undefined as { traceId: string; spanId: string } | undefined;
  const traced = captureLog({ traceContext: () => trace });
  traced.logger.info('outside');
  trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  traced.logger.info('inside');
  const [outside, inside] = traced.lines().map((line) => JSON.parse(line) as JsonLine);
  assert.equal(outside && 'trace_id' in outside, false);
  assert.equal(inside?.trace_id, trace.traceId);
  assert.equal(inside.span_id, trace.spanId);

  const broken = captureLog({
    traceContext: () => {
      throw new Error('no tracer');
    },
  });
  broken.logger.info('still here');
  assert.equal(broken.lines().length, 1);
});

test('an error field becomes its text and exc_info, a list of frames with the most recent call last', () => {
  function failHere(): Error {
    return new TypeError('cannot read');
  }
  const { data } = jsonLineOf({ repository: 'a/b', problem: failHere() });
  assert.equal(data.problem, 'Exception: cannot read');
  assert.equal(data.repository, 'a/b');
  const frames = data.exc_info as string[];
  assert.match(frames.at(-1) ?? '', /^ {2}File ".*json-lines\.test\.ts", line \d+, in failHere\n$/);
  assert.ok(frames.every((frame) => /^ {2}.*\n$/.test(frame)));
});

test('exc_info itself and an error in the place of the fields give text and frames too', () => {
  for (const fields of [{ exc_info: new Error('boom') }, new Error('boom')]) {
    const { data } = jsonLineOf(fields);
    assert.equal(data.error, 'Exception: boom');
    assert.ok(Array.isArray(data.exc_info) && data.exc_info.length > 0);
  }
});

test('the text of an error has its code, its causes and the parts of an AggregateError', () => {
  const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  const error = new Error('fetch failed', { cause: new AggregateError([refused], '') });
  assert.equal(
    jsonLineOf({ error }).data.error,
    'Exception: fetch failed (caused by: AggregateError (connect refused [ECONNREFUSED]))',
  );
  const looping = new Error('loop');
  looping.cause = looping;
  assert.match(String(jsonLineOf({ looping }).data.looping), /^Exception: loop \(caused by: loop/);
});

test('what JSON cannot hold becomes a string', () => {
  const date = new Date(Date.UTC(2026, 1, 16, 10, 11, 12, 345));
  const { data } = jsonLineOf({
    date,
    invalidDate: new Date(Number.NaN),
    big: 2n ** 70n,
    nan: Number.NaN,
    infinite: -Infinity,
    symbol: Symbol('s'),
    named: function named() {
      return 'body';
    },
    absent: undefined,
    list: [undefined, 1n],
    map: new Map([['a', 1]]),
    set: new Set(['x']),
    bytes: Buffer.from('secret'),
    url: new URL('https://quay.io/v2/'),
    nested: { error: new RangeError('inner') },
    pattern: /x/,
  });
  assert.deepEqual(data, {
    date: '2026-02-16T10:11:12.345Z',
    invalidDate: 'Invalid Date',
    big: '1180591620717411303424',
    nan: 'NaN',
    infinite: '-Infinity',
    symbol: 'Symbol(s)',
    named: '[Function named]',
    list: [null, '1'],
    map: { a: 1 },
    set: ['x'],
    bytes: '[6 bytes]',
    url: 'https://quay.io/v2/',
    nested: { error: 'Exception: inner' },
    pattern: '/x/',
  });
});

test('cycles, depth, size and whatever throws cost the value, never the line', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle.self = cycle;
  const shared = { x: 1 };
  let deep: unknown = 'bottom';
  for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
  const { data } = jsonLineOf({
    cycle,
    twice: [shared, shared],
    deep,
    wide: Array.from({ length: 50_000 }, (_, index) => index),
    get throwing(): string {
      throw new Error('getter');
    },
    json: {
      toJSON: () => {
        throw new Error('toJSON');
      },
    },
    proxy: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    ),
    last: 'here',
  });
  assert.deepEqual(data.cycle, { a: 1, self: '[Circular]' });
  assert.deepEqual(data.twice, [{ x: 1 }, { x: 1 }]);
  assert.match(JSON.stringify(data.deep), /\[Truncated\]/);
  assert.equal((data.wide as unknown[]).at(-1), '[Truncated]');
  assert.equal(data.throwing, undefined);
  assert.equal(data['...'], '[Truncated]');

  const broken = jsonLineOf({
    get throwing(): string {
      throw new Error('getter');
    },
    json: {
      toJSON: () => {
        throw new Error('toJSON');
      },
    },
    proxy: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    ),
    last: 'here',
  }).data;
  assert.deepEqual(broken, {
    throwing: '[unreadable: getter]',
    json: '[unreadable: toJSON]',
    proxy: '[unreadable: trap]',
    last: 'here',
  });
});

test('messages and fields that are not what the types say still give a line', () => {
  const { logger, lines } = captureLog();
  const call = logger.info as (message: unknown, fields?: unknown) => void;
  call(undefined);
  call({ toString: () => 'object' }, null);
  call(Object.create(null), 'text');
  call('x', [1]);
  call(
    'y',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    ),
  );
  assert.deepEqual(
    lines().map((line) => (JSON.parse(line) as JsonLine).message),
    ['undefined', 'object', '[object Object]', 'x', 'y'],
  );
});

test('a line is ASCII and one line, whatever the text', () => {
  const { logger, lines } = captureLog();
  const message = 'a\nb\r\u2028\u2029\u0085 é 😀 \ud800 "quoted" \\ \u0000\u001b[31m';
  logger.info(message, { 'kéy\n': '\udc00' });
  assert.equal(lines().length, 1);
  assert.match(lines()[0] ?? '', /^[\x20-\x7e]+$/);
  const line = JSON.parse(lines()[0] ?? '') as JsonLine;
  assert.equal(line.message, message);
  assert.deepEqual(line.data, { 'kéy\n': '\udc00' });
});
