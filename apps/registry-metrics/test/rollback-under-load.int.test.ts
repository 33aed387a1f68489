import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startPythonRegistry,
  startRedis,
  startRegistry,
  temporaryFolder,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { OCI_MANIFEST, pushManifest } from './push-manifest.ts';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape, type Samples } from './samples.ts';

const PER_SECOND = 100;
const PHASE_MS = 2500;
const PULLS = 'quay_registry_image_pulls_total';
const file = createSwitchFile();

let servers: Server[];
let python: Server;
let app: RunningApp;
let digest: string;

before(async () => {
  // One storage, as in a real move: the Python runtime counts as Quay does, with Quay's own libraries.
  const storageDir = temporaryFolder('storage');
  const [redis, behindPython, go] = await Promise.all([
    startRedis(),
    startRegistry({ storageDir }),
    startRegistry({ storageDir }),
  ]);
  python = await startPythonRegistry({ upstreamUrl: behindPython.url });
  servers = [python, redis, behindPython, go];
  digest = await pushManifest(go.url, 'devtable/simple');
  app = await runRoutingApp({ pythonUrl: python.url, goUrl: go.url, redis }, file);
});

after(async () => {
  await app.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

type Pull = { name: string; method: string; status: number; ref: 'tag' | 'manifest' };

/** What the clients do in turn: as in life, some ask for what is not there. */
function pulls(): Pull[] {
  return [
    { name: 'latest', method: 'GET', status: 200, ref: 'tag' },
    { name: digest, method: 'GET', status: 200, ref: 'manifest' },
    { name: 'latest', method: 'HEAD', status: 200, ref: 'tag' },
    { name: 'absent', method: 'GET', status: 404, ref: 'tag' },
  ];
}

/** Pulls at a steady rate, whatever the answers take, until it is told to stop. */
function startLoad() {
  const kinds = pulls();
  const failures: string[] = [];
  const sent = new Map<string, number>();
  const underWay: Promise<void>[] = [];
  let stopped = false;
  const one = async ({ name, method, status, ref }: Pull): Promise<void> => {
    const label = `${PULLS}{protocol="v2",ref="${ref}",status="${status}"}`;
    sent.set(label, (sent.get(label) ?? 0) + 1);
    try {
      const url = `${app.url}/v2/devtable/simple/manifests/${name}`;
      const answer = await fetch(url, { method, headers: { Accept: OCI_MANIFEST } });
      await answer.arrayBuffer();
      if (answer.status !== status) failures.push(`${method} ${name}: ${answer.status}`);
    } catch (error) {
      failures.push(`${method} ${name}: ${String(error)}`);
    }
  };
  const began = performance.now();
  const run = async (): Promise<void> => {
    for (let turn = 0; !stopped; turn += 1) {
      const kind = kinds[turn % kinds.length];
      if (kind !== undefined) underWay.push(one(kind));
      await sleep(Math.max(0, began + ((turn + 1) * 1000) / PER_SECOND - performance.now()));
    }
    await Promise.all(underWay);
  };
  const running = run();
  return {
    failures,
    sent,
    stop: async (): Promise<{ total: number; seconds: number }> => {
      stopped = true;
      const seconds = (performance.now() - began) / 1000;
      await running;
      return { total: underWay.length, seconds };
    },
  };
}

const decided = (samples: Samples, owner: string): number =>
  [...samples].reduce(
    (sum, [name, value]) =>
      name.startsWith(`quay_switch_owner_decision_total{capability="V2_PULL",owner="${owner}"`)
        ? sum + value
        : sum,
    0,
  );

test(
  'V2_PULL moves to the new runtime and back under 100 pulls a second: none fails, and both runtimes together count each once',
  { timeout: 60_000 },
  async (context) => {
    const load = startLoad();
    await sleep(PHASE_MS);
    const first = await scrape(app.adminUrl);
    assert.ok(decided(first, 'python') > PER_SECOND, 'Python serves');
    assert.equal(decided(first, 'go'), 0);

    await file.publish({ ROUTE_OWNER_CAP_V2_PULL: 'go' }, { to: [app] });
    const flipped = await scrape(app.adminUrl);
    await sleep(PHASE_MS);
    const second = await scrape(app.adminUrl);
    assert.ok(decided(second, 'go') > decided(flipped, 'go') + PER_SECOND, 'the new runtime serves');
    assert.equal(decided(second, 'python'), decided(flipped, 'python'), 'and Python does not');

    await file.publish({}, { to: [app] });
    const returned = await scrape(app.adminUrl);
    await sleep(PHASE_MS);
    const { total, seconds } = await load.stop();
    const last = await scrape(app.adminUrl);
    assert.ok(decided(last, 'python') > decided(returned, 'python') + PER_SECOND, 'Python serves again');
    assert.equal(decided(last, 'go'), decided(returned, 'go'));

    assert.deepEqual(load.failures, []);
    assert.ok(total / seconds > 0.9 * PER_SECOND, `the load was ${total / seconds} a second`);
    const ours = await scrape(app.adminUrl, PULLS);
    const theirs = await scrape(python.url, PULLS);
    for (const [label, count] of load.sent) {
      const [here, there] = [ours.get(label) ?? 0, theirs.get(label) ?? 0];
      assert.equal(here + there, count, label);
      assert.ok(here > 0 && there > 0, `${label}: both have served`);
    }
    assert.equal(decided(last, 'python') + decided(last, 'go'), total, 'each pull is decided once');
    const goes = [...ours.values()].reduce((sum, count) => sum + count, 0);
    assert.equal(goes, decided(last, 'go'), 'what is decided to be ours is what we count');
    context.diagnostic(`${total} pulls in ${seconds.toFixed(1)} s: ${goes} by the new runtime, none failed`);
  },
);
