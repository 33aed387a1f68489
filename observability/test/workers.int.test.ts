import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { queryPrometheus, waitUntil } from '@quay-observability/testkit';
import { assertBringsData } from './brings-data.ts';
import { dashboardQueries, ruleQueries } from './every-query.ts';
import { labelValuesQueries } from './grafana-variables.ts';
import { goOn } from './registry/other-load.ts';
import { labelValues, queryRange, ruleGroups } from './stack/ask-prometheus.ts';
import { startWorkers, type Workers } from './workers/start-workers.ts';
import { pythonCollects, pythonCounts } from './workers/work-to-do.ts';

let workers: Workers;
let url: string;
let beganMs: number;
const atTheEnd: (() => Promise<unknown>)[] = [];

before(async () => {
  workers = await startWorkers();
  const { toDo, pythonCollector, pythonCounter, ailing, prometheus } = workers;
  atTheEnd.push(() => workers.stop());
  url = prometheus.url;
  beganMs = Date.now();
  atTheEnd.unshift(
    goOn(async () => {
      ailing.fail();
      await toDo.add();
      await pythonCollector.doSteps(pythonCollects());
      await pythonCounter.doSteps(pythonCounts());
    }),
  );
  await workers.move();
  await waitUntil(
    'rates of both runtimes, of a flush and of runs, and alerts',
    async () =>
      (await queryPrometheus(url, 'runtime:quay_gc_iterations:rate5m{cluster="moved"} > 0')).length === 2 &&
      (await queryPrometheus(url, 'outcome:quay_pull_flush_keys_settled:rate5m{outcome="flushed"} > 0'))
        .length > 0 &&
      (await queryPrometheus(url, 'queue_outcome:quay_job_runs:rate5m{outcome="completed"} > 0')).length >=
        3 &&
      // Panels ask for whole seconds.
      (await queryPrometheus(url, 'ALERTS{cluster="ailing"} offset 2s')).length > 0,
    { timeoutMs: 120_000, intervalMs: 250 },
  );
});
after(async () => {
  for (const step of atTheEnd) await step();
});

/** Which installation shows what an alert is about. */
const WRONG = {
  QuayJobFailing: 'ailing',
  QuayJobStalled: 'ailing',
  QuayJobWaits: 'ailing',
  QuayPullFlushLag: 'ailing',
  QuayPullFlushFails: 'ailing',
  QuayPullFlushOrphans: 'ailing',
  QuayGcNotIterating: 'ailing',
  QuayGcPurgesFail: 'ailing',
  QuayGcQueueGrows: 'ailing',
  QuayGlobalStatsStale: 'ailing',
  QuayJobBothRuntimes: 'moved',
  QuayGlobalStatsTwice: 'moved',
};

for (const [alert, cluster] of Object.entries(WRONG)) {
  test(`${alert}: what is well is told from what is not`, async () => {
    const { expr } = ruleQueries().find(({ place }) => place === `alert ${alert}`) ?? assert.fail(alert);
    const clusters = async () =>
      (await queryPrometheus(url, `group by (cluster) (${expr})`)).map(({ labels }) => labels.cluster ?? '');
    await waitUntil(alert, async () => (await clusters()).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
    assert.deepEqual(await clusters(), [cluster]);
  });
}

for (const { place, expr } of ruleQueries().filter(({ file }) => file === 'workers.yml')) {
  test(`${place}: brings data`, async () => {
    await waitUntil('a series', async () => (await queryRange(url, expr, beganMs)).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 250,
    });
  });
}

for (const query of dashboardQueries().filter(({ file }) => file === 'workers.json')) {
  test(`${query.place}: brings data`, () =>
    assertBringsData(url, query, {
      intervalMs: 1000,
      scrapeIntervalMs: 1000,
      rangeMs: Date.now() - beganMs,
      beganMs,
    }));
}

test('the worker apps do the work, and their numbers agree with what was to do', async () => {
  const value = async (query: string): Promise<number> =>
    (await queryPrometheus(url, query))[0]?.value ?? NaN;
  assert.equal(await value('sum(quay_worker_running{cluster="moved"})'), 5);
  assert.equal(await value('count(quay_job_runs_total{cluster="moved", outcome="completed"} > 0)'), 5);
  assert.equal(await value('quay_repository_rows{cluster="moved", runtime="go"}'), 1);
  const deleted = (table: string) =>
    value(`quay_gc_table_rows_deleted_total{cluster="moved", runtime="go", table="${table}"}`);
  assert.ok((await deleted('Tag')) > 0);
  assert.ok((await deleted('ImageStorage')) > 0);
});

for (const { name, metric, label } of labelValuesQueries().filter(({ file }) => file === 'workers.json')) {
  test(`workers.json, variable ${name}: has values`, async () => {
    assert.ok((await labelValues(url, metric, label)).length > 1);
  });
}

test('Prometheus evaluates every rule without an error', async () => {
  const rules = (await ruleGroups(url)).flatMap((group) => group.rules);
  assert.ok(rules.length > 0);
  for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`);
});
