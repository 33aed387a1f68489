import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeRecords, propagationSeconds, recordReport } from '../src/processes/process-record.ts';
import type { ProcessReport } from '../src/processes/process-report.ts';

/** Of a process whose id is the same after a restart. */
function report(fields: Partial<ProcessReport>): ProcessReport {
  const name = 'registry-metrics';
  return {
    id: `${name}@rm-0:1`,
    name,
    host: 'rm-0',
    pid: 1,
    version: 10,
    phase: 'fresh',
    ageSeconds: 0,
    ...fields,
  };
}

const PUBLISHED_MS = 60_000;
const running = recordReport(undefined, report({}), 0);

test('a process that began after a version, under the id of another one, counted as slow', () => {
  for (const first of [
    // From its disk.
    report({ phase: 'last-known-good', ageSeconds: 0.1 }),
    // From nothing, or from an older disk.
    report({ version: 0, phase: 'fail-closed', ageSeconds: 0.1 }),
    report({ version: 9, phase: 'last-known-good', ageSeconds: 0.1 }),
    report({ version: 9 }),
  ]) {
    const begun = recordReport(running, first, 180_000);
    const follows = recordReport(begun, report({ version: 11 }), 180_050);
    assert.equal(propagationSeconds(follows, PUBLISHED_MS), null, JSON.stringify(first));
    assert.deepEqual([follows.firstSeenMs, follows.acknowledged.atMs], [180_000, 180_050]);
  }
});

test('a process that was cut off is the same one, and slow', () => {
  for (const [phase, ageSeconds] of [
    ['last-known-good', 178],
    ['fresh', 0.2],
  ] as const) {
    const back = recordReport(running, report({ phase, ageSeconds }), 180_000);
    const follows = recordReport(back, report({ version: 11 }), 180_050);
    assert.equal(propagationSeconds(follows, PUBLISHED_MS), 120.05, phase);
  }
});

test('a poll that fails for once makes no new process of it', () => {
  const failed = recordReport(running, report({ phase: 'last-known-good', ageSeconds: 0.2 }), 7000);
  assert.deepEqual([failed.firstSeenMs, failed.beganMs], [0, 0]);
});

test('what another replica knows of the process before a restart does not bring it back', () => {
  const begun = recordReport(running, report({ version: 0, phase: 'fail-closed' }), 180_000);
  const here = recordReport(begun, report({ version: 11 }), 180_050);
  // It has polled the other replica meanwhile, which has not heard of the restart.
  const there = recordReport(running, report({ version: 11 }), 180_500);
  for (const known of [running, there])
    for (const merged of [mergeRecords(here, known), mergeRecords(known, here)]) {
      assert.deepEqual(merged.acknowledged, { version: 11, atMs: 180_050 });
      assert.equal(propagationSeconds(merged, PUBLISHED_MS), null);
    }
});
