import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutcomeLog } from '../src/outcome-log.ts';

test('the first loss is logged at once, further ones after ten seconds with their number', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: [string, unknown][] = [];
  const log = createOutcomeLog({
    warning: (message, fields) => {
      lines.push([message, fields]);
    },
  });
  const full = 'Pulls are not tracked: the queue is full.';
  log.settled('tracked', 5, undefined);
  log.settled('queue_full', 1, undefined);
  log.settled('queue_full', 1, undefined);
  log.settled('queue_full', 6, undefined);
  const error = new Error('OOM');
  log.settled('refused', 2, error);
  assert.deepEqual(lines.splice(0), [
    [full, { outcome: 'queue_full', count: 1 }],
    ['Pulls are not tracked: Redis refused them.', { outcome: 'refused', count: 2, error }],
  ]);
  context.mock.timers.tick(9999);
  assert.equal(lines.length, 0);
  context.mock.timers.tick(1);
  assert.deepEqual(lines.splice(0), [[full, { outcome: 'queue_full', count: 7 }]]);
  context.mock.timers.tick(60_000);
  assert.equal(lines.length, 0, 'silence is over without a word');
  log.settled('queue_full', 1, undefined);
  log.settled('queue_full', 2, undefined);
  log.settled('shutdown', 3, undefined);
  log.close();
  assert.deepEqual(
    lines.map(([, fields]) => fields),
    [
      { outcome: 'queue_full', count: 1 },
      { outcome: 'queue_full', count: 2 },
      { outcome: 'shutdown', count: 3 },
    ],
  );
});
