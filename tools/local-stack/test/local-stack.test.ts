import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../src/arguments.ts';
import { createDisplay, type Screen } from '../src/display.ts';
import { prometheusConfig } from '../src/prometheus-config.ts';
import { pullsIn } from '../src/pull-count.ts';
import { renderTable, type Row } from '../src/render-table.ts';

test('arguments: paths are relative to where the user is, and what is not understood is refused', () => {
  assert.deepEqual(parseArguments([], '/here'), {
    help: false,
    stateFile: undefined,
    demo: true,
    apiUrl: undefined,
    clairUrl: undefined,
  });
  assert.equal(parseArguments(['--state', 'a/b.json'], '/here').stateFile, '/here/a/b.json');
  assert.equal(parseArguments(['--state=/x.json', '--no-demo'], '/here').stateFile, '/x.json');
  assert.throws(() => parseArguments(['--state'], '/here'), /name of a file/);
  assert.equal(parseArguments(['--api', 'http://quay:8080/'], '/here').apiUrl, 'http://quay:8080');
  assert.equal(parseArguments(['--clair=https://clair'], '/here').clairUrl, 'https://clair');
  for (const url of ['', 'quay:8080', 'ftp://quay', 'http://quay/api', 'http://a:b@quay', '--no-demo'])
    assert.throws(() => parseArguments(['--api', url], '/here'), /--api needs scheme, host and port/, url);
  assert.throws(() => parseArguments(['--state', '--help'], '/here'), /name of a file/);
  assert.throws(() => parseArguments(['--sate', 'x'], '/here'), /unknown option --sate/);
});

test('Prometheus scrapes each app as a process of this host, and the Pushgateway only if there is one', () => {
  const targets = { hostname: 'box', apps: [{ name: 'gc-worker', adminPort: 4000 } as const] };
  const alone = JSON.parse(prometheusConfig({ ...targets, pushgatewayPort: undefined })) as {
    scrape_configs: unknown[];
  };
  assert.deepEqual(alone.scrape_configs, [
    {
      job_name: 'quay',
      honor_labels: true,
      static_configs: [{ targets: ['127.0.0.1:4000'], labels: { host: 'box', process_name: 'gc-worker' } }],
    },
  ]);
  const both = prometheusConfig({ ...targets, pushgatewayPort: 9091 });
  assert.match(both, /"honor_labels":true,"static_configs":\[\{"targets":\["127.0.0.1:9091"\]/);
});

test('pulls are added up over labels, whatever else is exposed', () => {
  assert.equal(
    pullsIn(`# TYPE quay_registry_image_pulls_total counter
quay_registry_image_pulls_total{protocol="v2",ref="tag",status="200"} 3
quay_registry_image_pulls_total{protocol="v2",ref="manifest",status="404"} 2
quay_registry_image_pulls_totally{a="b"} 7
`),
    5,
  );
});

const ROW: Row = { app: 'gc-worker', url: '-', admin: 'http://127.0.0.1:1', state: 'ready' };

test('the table has a line per app and the pull count', () => {
  const lines = renderTable([ROW], { counted: 4, inPrometheus: 3 });
  assert.match(lines[1] ?? '', /^gc-worker {2}- +http:\/\/127.0.0.1:1 +ready$/);
  assert.equal(lines.at(-1), 'Image pulls counted by registry-metrics: 4 (in Prometheus, runtime="go": 3)');
});

test('without a terminal only what changes is written again', () => {
  const written: string[] = [];
  const screen = { write: (text: string) => written.push(text) > 0 } as unknown as Screen;
  const display = createDisplay(screen);
  display.show([ROW], { counted: 1, inPrometheus: undefined });
  display.show([ROW], { counted: 1, inPrometheus: undefined });
  assert.equal(written.length, 1);
  display.show([{ ...ROW, state: 'down (SIGKILL)' }], { counted: 2, inPrometheus: undefined });
  assert.deepEqual(written.slice(1), [
    'gc-worker: down (SIGKILL)\n',
    'Image pulls counted by registry-metrics: 2\n',
  ]);
});

test('on a terminal the table stays in its place', () => {
  const written: string[] = [];
  const screen = {
    isTTY: true,
    columns: 40,
    write: (text: string) => written.push(text) > 0,
  } as unknown as Screen;
  const display = createDisplay(screen);
  display.show([ROW], { counted: 1, inPrometheus: undefined });
  display.show([ROW], { counted: 2, inPrometheus: undefined });
  assert.ok(written[1]?.startsWith('\u001b[4A\u001b[J'));
  assert.ok(written[0]?.split('\n').every((line) => line.length < 40));
});
