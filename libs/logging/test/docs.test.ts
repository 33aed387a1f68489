import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { redact } from '../src/index.ts';
import { captureLog } from './capture.ts';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/logging.md'), 'utf8');
const section = (title: string): string => docs.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test('every key that docs/logging.md calls redacted is redacted', () => {
  const rows = section('Redaction')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| what'));
  const keys = rows.flatMap((row) => [...row.matchAll(/`([\w-]+)`/g)].map((match) => match[1] ?? ''));
  assert.ok(keys.length > 30);
  for (const key of keys) {
    const expected = key === 'blob' ? '12345678' : '[FILTERED]';
    assert.deepEqual(redact({ [key]: '123456789' }), { [key]: expected }, key);
  }
});

test('the expressions of docs/logging.md find the parts of a text line', () => {
  const { logger, lines } = captureLog({ json: false, name: 'gc-worker.files' });
  logger.error('Blob [left] behind', { digest: 'sha256:0' });
  const expressions = ['CloudWatch Logs Insights', 'Splunk'].map(
    (title) => /(\^\(\?<text_?time>.*\(\?<text_?message>\.\*\))/.exec(section(title))?.[1] ?? '',
  );
  for (const expression of expressions) {
    const groups = new RegExp(expression).exec(lines()[0] ?? '')?.groups ?? {};
    const parts = Object.entries(groups).map(([name, value]) => [name.replace(/^text_?/, ''), value]);
    const { time, ...rest } = Object.fromEntries(parts) as Record<string, string>;
    assert.match(time ?? '', /^\d{4}-/);
    assert.deepEqual(rest, {
      pid: String(process.pid),
      level: 'ERROR',
      name: 'gc-worker.files',
      message: 'Blob [left] behind {"digest": "sha256:0"}',
    });
  }
});

test('the line breaker of docs/logging.md keeps a traceback with its line', () => {
  const breaker = /LINE_BREAKER = (.*)/.exec(section('Splunk'))?.[1] ?? '';
  const { logger, lines } = captureLog({ json: false });
  logger.error('first', { error: new Error('boom') });
  logger.info('second');
  const events = `${lines().join('\n')}\n{"message": "third"}`
    .split(new RegExp(breaker))
    .filter((_, index) => index % 2 === 0);
  assert.deepEqual(
    events.map((event) => /first|second|third/.exec(event)?.[0]),
    ['first', 'second', 'third'],
  );
  assert.match(events[0] ?? '', /Error: boom$/);
});
