import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@quay-observability/metrics';
import { registryLabelValues } from '@quay-observability/registry-counting';
import { matchRoute, type RouteMatch } from '@quay-observability/registry-routes';
import { createNamespaceLabels, type NamespaceSource } from '../src/namespace-labels.ts';

function setUp(source: NamespaceSource, { libraryEnabled = true, maxBuckets = 200 } = {}) {
  const metrics = createMetrics({
    app: 'registry-metrics',
    runtimeMetrics: false,
    known: registryLabelValues(),
  });
  const warnings: Record<string, unknown>[] = [];
  const labels = createNamespaceLabels({
    source,
    library: { namespace: 'library', enabled: libraryEnabled },
    maxBuckets,
    metrics,
    log: { warning: (_message, fields) => warnings.push(fields ?? {}) },
  });
  const labelOf = (target: string, method = 'GET') => {
    const route = matchRoute(method, target);
    assert.ok(route !== undefined && !('methodNotAllowed' in route), target);
    return labels.labelOf(route satisfies RouteMatch, target);
  };
  const histogram = metrics.histogram('quay_request_duration_seconds');
  const serve = (target: string) => {
    const namespace_name = labelOf(target);
    const route = 'v2.fetch_manifest_by_tagname';
    histogram.observe({ method: 'GET', route, status: '200', namespace_name }, 0.1);
  };
  const counts = async () => {
    const text = (await metrics.exposition()).body.toString();
    const lines = text.matchAll(
      /^quay_request_duration_seconds_count\{.*?namespace_name="(.*?)".*?\} (\d+)$/gm,
    );
    return [...lines].map(([, namespace, count]) => [namespace, Number(count)]);
  };
  return { labels, labelOf, serve, counts, warnings };
}

const pull = (repository: string) => `/v2/${repository}/manifests/latest`;

test('python: the first segment of the path, whatever the repository is', () => {
  const { labels, labelOf } = setUp('python');
  labels.track(
    new Map([
      ['acme', 'acme'],
      ['v2', 'second'],
    ]),
  );
  assert.equal(labelOf(pull('acme/app')), 'second');
  assert.equal(labelOf('/v2/'), 'other');
  assert.equal(labelOf('/v1/repositories/acme/app/images'), 'other');
});

test('repository: its namespace, that of the library included; other where there is none', () => {
  const { labels, labelOf } = setUp('repository');
  labels.track(
    new Map([
      ['acme', 'customers'],
      ['library', 'ours'],
      ['v2', 'never'],
    ]),
  );
  assert.equal(labelOf(pull('acme/app')), 'customers');
  assert.equal(labelOf(pull('acme/deep/er/app')), 'customers');
  assert.equal(labelOf(pull('ubuntu')), 'ours');
  assert.equal(labelOf(pull('elsewhere/acme')), 'other');
  assert.equal(labelOf('/v1/repositories/acme/app/images'), 'customers');
  assert.equal(labelOf('/v2/'), 'other');
  assert.equal(labelOf('/v2/_catalog'), 'other');
});

test('repository: without library support a name without namespace has none', () => {
  const { labels, labelOf } = setUp('repository', { libraryEnabled: false });
  labels.track(new Map([['library', 'ours']]));
  assert.equal(labelOf(pull('ubuntu')), 'other');
});

test('a bucket that goes keeps its series and takes no more; when it comes back it goes on counting', async () => {
  const { labels, serve, counts } = setUp('repository');
  serve(pull('acme/app'));
  labels.track(new Map([['acme', 'a']]));
  serve(pull('acme/app'));
  serve(pull('acme/app'));
  labels.track(new Map([['acme', 'b']]));
  serve(pull('acme/app'));
  assert.deepEqual(await counts(), [
    ['other', 1],
    ['a', 2],
    ['b', 1],
  ]);
  labels.track(new Map([['acme', 'a']]));
  serve(pull('acme/app'));
  labels.track(new Map());
  serve(pull('acme/app'));
  assert.deepEqual((await counts()).sort(), [
    ['a', 3],
    ['b', 1],
    ['other', 2],
  ]);
});

test('a thousand reloads with ever new names make a bounded number of series, and lose no request', async () => {
  const { labels, serve, counts, warnings } = setUp('repository', { maxBuckets: 20 });
  for (let round = 0; round < 1000; round += 1) {
    const names = Array.from({ length: 30 }, (_, index) => `org-${round}-${index}`);
    labels.track(new Map(names.map((name) => [name, name])));
    for (const name of names) serve(pull(`${name}/app`));
  }
  const series = await counts();
  assert.equal(series.length, 41, 'twice 20 buckets, and other');
  assert.equal(
    series.reduce((sum, [, count]) => sum + Number(count), 0),
    30_000,
  );
  assert.equal(warnings.length, 1000);
  assert.deepEqual(warnings[0], { refused: 10, limit: 20, limitUntilRestart: 40 });
});
