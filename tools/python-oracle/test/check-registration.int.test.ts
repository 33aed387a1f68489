import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERY_APP, type AppName } from '@quay-observability/metric-catalogue';
import { assertNoDifferences } from './assert-no-differences.ts';
import { checkRegistration } from '../src/check-registration.ts';
import {
  complaintsOfPromtool,
  judgeComplaints,
  KNOWN_COMPLAINTS,
  type Complaint,
} from '../src/check-with-promtool.ts';
import { metricsAfter, oneOfEach } from '../src/new-runtime.ts';
import { parseExposition } from '../src/parse-exposition.ts';

async function expositionOf(app: AppName, steps = oneOfEach(app)): Promise<string> {
  return (await metricsAfter(app, steps, { runtimeMetrics: true }).exposition()).body.toString();
}

const complaints: Complaint[] = [];

for (const app of EVERY_APP) {
  test(`${app} registers what the catalogue assigns to it, and promtool accepts it`, async () => {
    const fresh = parseExposition(await expositionOf(app, []));
    assertNoDifferences(checkRegistration(app, fresh));
    const exposition = await expositionOf(app);
    const used = parseExposition(exposition);
    assertNoDifferences(checkRegistration(app, used));
    assert.ok(
      [...used].every(([name, { labels }]) => labels.has('runtime') || name.startsWith('nodejs_')),
      'a metric shows no sample',
    );
    const found = await complaintsOfPromtool(exposition);
    complaints.push(...found);
    assert.deepEqual(judgeComplaints(found).unexpected, []);
  });
}

test('every known complaint is still drawn, and says why it stays', () => {
  assert.deepEqual(judgeComplaints(complaints).unused, []);
  assert.ok(KNOWN_COMPLAINTS.every(({ reason }) => reason.length > 20));
});

test('promtool is heard: a gauge named _total and a metric without HELP draw complaints', async () => {
  const found = await complaintsOfPromtool('# TYPE quay_wrong_total gauge\nquay_wrong_total 1\n');
  assert.deepEqual(
    judgeComplaints(found).unexpected.map(({ metric }) => metric),
    ['quay_wrong_total', 'quay_wrong_total'],
  );
});

test('promtool is heard: what is no exposition throws', async () => {
  await assert.rejects(complaintsOfPromtool('quay_wrong{ 1\n'), /promtool cannot read the exposition/);
});

test('each kind of slip in a registration is noticed, and named', async (t) => {
  const exposition = await expositionOf('gc-worker');
  const slips: [string, (text: string) => string, string][] = [
    [
      'a missing metric',
      (text) => text.replace(/^.*quay_gc_iterations_total.*\n/gm, ''),
      'quay_gc_iterations_total: is assigned by the catalogue but not exposed',
    ],
    [
      'a metric of another app',
      (text) => `${text}# TYPE quay_user_rows gauge\n`,
      'quay_user_rows: is exposed by gc-worker, which the catalogue does not assign it to',
    ],
    [
      'another type',
      (text) =>
        text.replace('# TYPE quay_gc_iterations_total counter', '# TYPE quay_gc_iterations_total gauge'),
      'quay_gc_iterations_total: is exposed as gauge instead of counter',
    ],
    [
      'another HELP',
      (text) => text.replace('number of iterations by the GCWorker', 'iterations'),
      'quay_gc_iterations_total: HELP is "iterations" instead of "number of iterations by the GCWorker"',
    ],
    [
      'a renamed label',
      (text) => text.replaceAll('{table=', '{model='),
      'quay_gc_table_rows_deleted_total: labels are model, runtime instead of runtime, table',
    ],
    [
      'a changed bucket',
      (text) => text.replaceAll('le="86400"', 'le="90000"'),
      'quay_worker_operation_duration_seconds: buckets are 60 300 600 1800 3600 7200 14400 28800 43200 57600 90000 +Inf instead of 60 300 600 1800 3600 7200 14400 28800 43200 57600 86400 +Inf',
    ],
  ];
  for (const [what, slip, expected] of slips) {
    await t.test(what, () => {
      const slipped = slip(exposition);
      assert.notEqual(slipped, exposition);
      assert.deepEqual(
        checkRegistration('gc-worker', parseExposition(slipped)).map(({ message }) => message),
        [expected],
      );
    });
  }
});
