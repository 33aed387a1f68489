import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EVERY_APP } from '@quay-observability/metric-catalogue';
import { compose, environmentOf, WORKSPACE } from './compose-file.ts';

const PROFILES = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'];
const services = Object.entries(compose.services);

const inProfile = (profile: string) =>
  services.filter(([, service]) => service.profiles.includes(profile)).map(([name]) => name);

test('a profile has all that the one before has; the last has all six apps, the first one', () => {
  PROFILES.forEach((profile, index) => {
    const before = inProfile(PROFILES[index - 1] ?? profile);
    for (const name of before) assert.ok(inProfile(profile).includes(name), `${profile} lacks ${name}`);
  });
  const apps = (profile: string) => EVERY_APP.filter((app) => inProfile(profile).includes(app));
  assert.deepEqual(apps('m5'), [...EVERY_APP]);
  assert.deepEqual(apps('m0'), ['registry-metrics']);
});

test('every service has a health check and limits, a pinned version, and ports for this machine only', () => {
  for (const [name, service] of services) {
    const probe = service.healthcheck?.test ?? [];
    assert.ok(probe.length > 1 && probe.every((word) => typeof word === 'string'), name);
    assert.ok(service.mem_limit !== undefined && service.cpus !== undefined, name);
    if (service.build === undefined) assert.match(service.image, /:v?\d+\.\d+/, name);
    else assert.equal(service.build.args.APP, name);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name);
  }
});

test('nothing absent is referred to: files, volumes, services of the same profile', () => {
  for (const [name, service] of services) {
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) assert.ok(existsSync(join(WORKSPACE, source)), source);
      else assert.ok(source in compose.volumes, source);
    }
    for (const other of Object.keys(service.depends_on ?? {})) {
      for (const profile of service.profiles)
        assert.ok(inProfile(profile).includes(other), `${name}: ${other}`);
    }
  }
});

test('an app is given nothing that it does not read: a misspelt setting would have no effect', () => {
  const documented = (page: string): string[] =>
    [...readFileSync(join(WORKSPACE, page), 'utf8').matchAll(/^\| `([A-Z][A-Z0-9_]+)` /gm)].map(
      ([, name = '']) => name,
    );
  // The contract names the switches by their form.
  const aSwitch = /^(?:ROUTE|WORKER)_OWNER_/;
  const common = documented('docs/configuration.md');
  for (const app of EVERY_APP) {
    const known = new Set([...common, ...documented(`apps/${app}/README.md`)]);
    const given = Object.keys(environmentOf(app)).filter((name) => !aSwitch.test(name));
    assert.ok(given.length > 0, app);
    assert.deepEqual(
      given.filter((name) => !known.has(name)),
      [],
      app,
    );
  }
});

test('api-health is given what its listeners need: the port inside is the one that is published', () => {
  const { ports = [] } = compose.services['api-health'] ?? {};
  assert.ok(ports.includes('127.0.0.1:${API_HEALTH_SECSCAN_PORT:-6061}:${SECSCAN_LISTEN_PORT:-6060}'));
  const needed = ['API_UPSTREAM_URL', 'API_PYTHON_UPSTREAM_URL', 'FEATURE_BILLING', 'HEALTH_DB_REVISION'];
  const ofClair = ['SECSCAN_LISTEN_PORT', 'SECSCAN_UPSTREAM_URL', 'SECSCAN_JWT', 'SECSCAN_UPSTREAM_PSK'];
  const names = [...needed, ...ofClair, 'SECURITY_SCANNER_V4_PSK'];
  const told = environmentOf(
    'api-health',
    Object.fromEntries(names.map((name) => [name, `${name} as told`])),
  );
  for (const name of names) assert.equal(told[name], `${name} as told`);
});
