import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  copyImage,
  requireProgram,
  startApp,
  startRegistry,
  temporaryFolder,
  writeImageLayout,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { BASIC_SCRIPT, play } from '../../../apps/registry-metrics/test/registry-script.ts';
import { scrape, type Samples } from '../../../apps/registry-metrics/test/samples.ts';

const WORKSPACE = join(import.meta.dirname, '../../..');

let example: RunningApp;
let registry: Server;
let gateway: RunningApp;

before(async () => {
  registry = await startRegistry();
  [example, gateway] = await Promise.all([
    startApp(join(WORKSPACE, 'examples/express-registry'), { TELL_PULLS: 'true' }),
    startApp(join(WORKSPACE, 'apps/registry-metrics'), { REGISTRY_UPSTREAM_URL: registry.url }),
  ]);
});

after(async () => {
  await Promise.all([example.stop(), gateway.stop()]);
  await registry.stop();
});

/** What the contract counts; durations by their number, which is all of them that can be the same. */
async function counts(app: RunningApp): Promise<Samples> {
  const samples = await scrape(app.adminUrl);
  return new Map(
    [...samples]
      .filter(([name]) => /^quay_(request_duration_seconds_count|registry_)/.test(name))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

test('a script of right and wrong requests counts what the gateway counts in front of a docker-registry', async () => {
  await play(gateway.url, BASIC_SCRIPT);
  await play(example.url, BASIC_SCRIPT);
  const counted = await counts(example);
  assert.deepEqual(counted, await counts(gateway));
  assert.ok(counted.size >= 30, `${counted.size} different samples`);
});

test(
  'skopeo pushes an image and pulls it back, by tag and by digest, with the same counts again',
  { timeout: 120_000 },
  async () => {
    const image = writeImageLayout(temporaryFolder('image'), 'v1', ['one', 'two'.repeat(100_000)]);
    for (const { url } of [example, gateway]) {
      const remote = `docker://${new URL(url).host}/devtable/simple`;
      const back = temporaryFolder('back');
      await copyImage(image.reference, `${remote}:v1`);
      await copyImage(`${remote}:v1`, `oci:${back}:v1`);
      await copyImage(`${remote}@${image.manifestDigest}`, `oci:${temporaryFolder('back')}:v1`);
      await assert.rejects(copyImage(`${remote}:absent`, `oci:${temporaryFolder('back')}:v1`));
      for (const { digest, sizeBytes } of image.blobs)
        assert.equal(readFileSync(join(back, 'blobs', digest.replace(':', '/'))).length, sizeBytes);
    }
    const counted = await counts(example);
    assert.deepEqual(counted, await counts(gateway));
    const byTag = 'quay_registry_image_pulls_total{protocol="v2",ref="tag",status="404"}';
    assert.equal(counted.get(byTag), 2, 'one of the script, one of skopeo');
    const told = [...example.process.log().matchAll(/"repository":"devtable\/simple".*/g)];
    assert.ok(told.length >= 2, example.process.log());
    assert.ok(told.every(([line]) => line.includes(image.manifestDigest)));
  },
);

test('promtool has nothing against the exposition', async () => {
  const exposition = await (await fetch(`${example.adminUrl}/metrics`)).text();
  const promtool = requireProgram('promtool');
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout + stderr);
});

test('an upload that does not fit is refused, and the registry still stops in time', async () => {
  const begun = await fetch(`${example.url}/v2/a/b/blobs/uploads/`, { method: 'POST' });
  const location = new URL(begun.headers.get('location') ?? '', example.url);
  const chunk = (range: string) =>
    fetch(location, { method: 'PATCH', headers: { 'Content-Range': range }, body: 'abc' });
  assert.equal((await chunk('0-2')).status, 202);
  assert.equal((await chunk('9-11')).status, 416);
  for (const path of [
    '/v2/a/b/blobs/uploads/../../x',
    '/v2/a/b/blobs/sha256:..%2f..%2fx',
    '/v2/a/../b/manifests/x',
  ])
    assert.ok((await fetch(example.url + path)).status >= 400, path);
  await example.process.stop();
  assert.deepEqual(await example.process.exited, { code: 0, signal: null });
});
