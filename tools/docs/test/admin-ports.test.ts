import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERY_APP, type AppName } from '@quay-observability/metric-catalogue';
import { readDocument } from '../src/documents.ts';
import { ADMIN_PORTS } from '../src/render-configuration.ts';

for (const app of EVERY_APP) {
  test(`the documented admin port of ${app} is the one in its code`, () => {
    const port = /^ +adminPort: (\d+),$/m.exec(readDocument(`apps/${app}/src/compose.ts`))?.[1];
    assert.equal(Number(port), ADMIN_PORTS[app]);
  });
}

/** The ports that the settings of an app have unless told, by their name. */
function defaultPorts(app: AppName): [string, number][] {
  const rows = readDocument(`apps/${app}/README.md`).matchAll(/^\| `(\w+_PORT)` +\| [^|]+\| `(\d+)` +\|/gm);
  return [
    [`${app} ADMIN_PORT`, ADMIN_PORTS[app]],
    ...[...rows].map(([, name, port]): [string, number] => [`${app} ${name}`, Number(port)]),
  ];
}

/** The same port twice, and who has it. */
function shared(ports: readonly (readonly [string, number])[]): string[] {
  const owners = Map.groupBy(ports, ([, port]) => port);
  return [...owners]
    .filter(([, each]) => each.length > 1)
    .map(([port, each]) => `${port}: ${each.map(([name]) => name).join(', ')}`);
}

test('on one host no app takes the port of another one, nor of what the examples have beside it', () => {
  const apps = EVERY_APP.flatMap(defaultPorts);
  assert.ok(apps.length > EVERY_APP.length + 4, 'the READMEs list ports');
  const probed = /replacement: '127\.0\.0\.1:(\d+)'/.exec(
    readDocument('deploy/prometheus/health-probes.yml'),
  )?.[1];
  assert.deepEqual(
    shared([
      ...apps,
      ['Prometheus', 9090],
      ['Pushgateway', 9091],
      ['Alertmanager', 9093],
      ['Blackbox exporter', Number(probed)],
    ]),
    [],
  );
});

test('Compose publishes no port of this machine twice', () => {
  const published = readDocument('docker-compose.yml').matchAll(/127\.0\.0\.1:\$\{(\w+):-(\d+)\}/g);
  const ports = [...published].map(([, name = '', port]): [string, number] => [name, Number(port)]);
  assert.ok(ports.length > EVERY_APP.length);
  assert.deepEqual(shared(ports), []);
});
