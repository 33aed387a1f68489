import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureLog } from './capture.ts';

const HEAD = String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[${process.pid}\] `;

test('a text line is asctime, process, level, name and message, as Python prints it', () => {
  const { logger, lines } = captureLog({ json: false, name: 'gc-worker' });
  logger.warning('Repository skipped');
  assert.match(
    lines()[0] ?? '',
    new RegExp(String.raw`${HEAD}\[WARNING\] \[gc-worker\] Repository skipped$`),
  );
});

test('fields and trace ids follow the message as JSON', () => {
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const { logger, lines } = captureLog({ json: false, traceContext: () => trace });
  logger.info('Ready', { publicUrl: 'http://127.0.0.1:1/', password: 'x' });
  assert.ok(
    lines()[0]?.endsWith(
      `Ready {"publicUrl": "http://127.0.0.1:1/", "password": "[FILTERED]", "trace_id": "${trace.traceId}", "span_id": "${trace.spanId}"}`,
    ),
    lines()[0],
  );
});

test('an exception follows as a traceback in the shape of Python', () => {
  const { logger, lines } = captureLog({ json: false });
  logger.error('Failed', { exc_info: new TypeError('cannot read') });
  const [line, header, ...frames] = lines();
  assert.match(line ?? '', /Failed$/);
  assert.equal(header, 'Traceback (most recent call last):');
  assert.equal(frames.pop(), 'TypeError: cannot read');
  assert.match(frames.at(-1) ?? '', /^ {2}File ".*text-lines\.test\.ts", line \d+, in /);
});

test('line breaks and control characters in a message, a field or an error forge no line', () => {
  const { logger, lines } = captureLog({ json: false });
  const forged = 'x\n2026-02-16 10:11:12,345 [1] [CRITICAL] [root] forged\r\u001b[2J\u2028\u0085';
  logger.info(forged, { agent: forged });
  assert.equal(lines().length, 1);
  assert.ok(
    lines()[0]?.includes(
      String.raw`x\n2026-02-16 10:11:12,345 [1] [CRITICAL] [root] forged\r\u001b[2J\u2028\u0085`,
    ),
  );
  logger.error('y', { error: new Error(`${forged}\n    at evil (/etc/passwd:1:1)`) });
  const later = lines().slice(1);
  assert.equal(later.filter((line) => /^\d{4}-/.test(line)).length, 1);
  assert.equal(later.filter((line) => /^ {2}File "\/etc\/passwd"/.test(line)).length, 0);
});
