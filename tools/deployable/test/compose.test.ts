import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EVERY_APP } from '@quay-observability/metric-catalogue';
import { parse } from 'yaml';

type Service = {
  image: string;
  profiles: string[];
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  mem_limit?: string;
  cpus?: number;
  depends_on?: Record<string, { condition: string }>;
  build?: { args: { APP: string } };
};

const WORKSPACE = join(import.meta.dirname, '../../..');
const PROFILES = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5'];
const compose = parse(readFileSync(join(WORKSPACE, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
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
