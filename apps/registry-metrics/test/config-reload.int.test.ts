import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  startRegistry,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { runApp } from './run-app.ts';
import { scrape } from './samples.ts';

let registry: Server;

before(async () => {
  registry = await startRegistry();
});
after(() => registry.stop());

const SUCCESSES = 'quay_config_reloads_total{outcome="success"}';
const FAILURES = 'quay_config_reloads_total{outcome="failure"}';
const SUCCESSFUL = 'quay_config_last_reload_successful';
const SUCCESS_TIME = 'quay_config_last_reload_success_timestamp_seconds';

/** The app with its configuration in a folder, and what a request of a namespace is counted under. */
async function runConfiguredApp(write: (folder: string) => void, env: Record<string, string> = {}) {
  const folder = temporaryFolder('config');
  write(folder);
  const app = await runApp(registry.url, {
    QUAYCONF: folder,
    REGISTRY_NAMESPACE_LABEL: 'repository',
    CONFIG_RELOAD_SECONDS: '0.2',
    ...env,
  });
  const counts = async () => {
    const samples = await scrape(app.adminUrl, 'quay_request_duration_seconds_count');
    return new Map(
      [...samples].map(([key, count]) => [/namespace_name="(.*?)"/.exec(key)?.[1] ?? '', count]),
    );
  };
  /** The label under which one more request of this namespace is counted. */
  const labelOf = async (namespace: string): Promise<string | undefined> => {
    const earlier = await counts();
    await fetch(`${app.url}/v2/${namespace}/app/manifests/latest`);
    const grown = [...(await counts())].filter(([label, count]) => count !== (earlier.get(label) ?? 0));
    assert.equal(grown.length, 1, 'one request is counted once');
    return grown[0]?.[0];
  };
  const sample = async (name: string) => (await scrape(app.adminUrl, 'quay_config_')).get(name);
  const reaches = (name: string, value: number) =>
    waitUntil(`${name} ${value}`, async () => (await sample(name)) === value);
  return { folder, file: join(folder, 'config.yaml'), app, counts, labelOf, sample, reaches };
}

const tracking = (bucket: string) => `TRACKED_NAMESPACES: {${bucket}: [acme]}\n`;
const write = (folder: string, text: string) => writeFileSync(join(folder, 'config.yaml'), text);
/** Never seen half written. */
const replace = (file: string, content: string | Buffer) => {
  writeFileSync(`${file}.next`, content);
  renameSync(`${file}.next`, file);
};
const occurrences = (app: RunningApp, pattern: RegExp) => app.process.log().match(pattern)?.length ?? 0;

// Each waits for looks at the file most of the time.
describe('an app whose configuration file changes', { concurrency: 3 }, () => {
  test('written over, replaced by renaming, and by turning the links of a ConfigMap', async () => {
    const { folder, file, app, labelOf, reaches, counts, sample } = await runConfiguredApp((folder) =>
      write(folder, tracking('one')),
    );
    try {
      assert.equal(await labelOf('acme'), 'one');
      assert.equal(await labelOf('nobody'), 'other');
      const startedAt = await sample(SUCCESS_TIME);
      assert.equal(await sample(SUCCESSES), 0);

      writeFileSync(file, tracking('two'));
      await reaches(SUCCESSES, 1);
      assert.equal(await labelOf('acme'), 'two');
      // A look in the midst of writing may have found it empty.
      const foundEmpty = Number(await sample(FAILURES));
      assert.ok(foundEmpty <= 1);

      replace(file, tracking('three'));
      await reaches(SUCCESSES, 2);
      assert.equal(await labelOf('acme'), 'three');

      // As kubelet does it: config.yaml -> ..data/config.yaml, and ..data is turned to a new folder.
      for (const [name, bucket] of [
        ['..first', 'four'],
        ['..second', 'five'],
      ] as const) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, 'config.yaml'), tracking(bucket));
      }
      symlinkSync('..first', join(folder, '..data'));
      symlinkSync('..data/config.yaml', join(folder, 'link'));
      renameSync(join(folder, 'link'), file);
      await reaches(SUCCESSES, 3);
      assert.equal(await labelOf('acme'), 'four');
      symlinkSync('..second', join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
      rmSync(join(folder, '..first'), { recursive: true });
      await reaches(SUCCESSES, 4);
      assert.equal(await labelOf('acme'), 'five');

      // What was counted stays counted, and nothing went wrong on the way.
      assert.deepEqual(
        [...(await counts())].sort(),
        ['five', 'four', 'one', 'other', 'three', 'two'].map((label) => [label, 1]),
      );
      assert.equal(await sample(FAILURES), foundEmpty);
      assert.ok(Number(await sample(SUCCESS_TIME)) > Number(startedAt));
      assert.doesNotMatch(app.process.log(), /wait for a restart/);
    } finally {
      await app.stop();
    }
  });

  test('broken, emptied, cut off, missing: the last good one stays in force, told once and counted', async () => {
    const secret = 'hunter2-secret';
    const good = (bucket: string) =>
      `${tracking(bucket)}DB_URI: postgresql://q:${secret}@127.0.0.1:1/q\n...\n`;
    const { file, app, labelOf, reaches, sample } = await runConfiguredApp((folder) =>
      write(folder, good('one')),
    );
    try {
      const breaks: [string, () => void, RegExp][] = [
        ['not YAML', () => replace(file, `TRACKED_NAMESPACES: [acme\nDB_URI: ${secret}`), /is not YAML/g],
        ['empty', () => truncateSync(file), /is empty/g],
        ['cut off', () => replace(file, tracking('cut')), /has been cut off/g],
        ['no UTF-8', () => replace(file, Buffer.from([0xff, 0xfe, 0x41])), /is not UTF-8/g],
        [
          'faulty',
          () => replace(file, `${tracking('two')}FEATURE_LIBRARY_SUPPORT: perhaps\n...\n`),
          /FEATURE_LIBRARY_SUPPORT/g,
        ],
        ['missing', () => rmSync(file), /none of these is a file/g],
      ];
      for (const [index, [what, happen, told]] of breaks.entries()) {
        happen();
        await reaches(FAILURES, index + 1);
        assert.equal(await sample(SUCCESSFUL), 0, what);
        assert.equal(await labelOf('acme'), 'one', what);
        assert.equal(occurrences(app, told), 1, `${what} is told once`);
      }
      // Told and counted once, however long it lasts.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(await sample(FAILURES), breaks.length);
      assert.equal(await sample(SUCCESSES), 0);

      replace(file, good('two'));
      await reaches(SUCCESSFUL, 1);
      assert.equal(await labelOf('acme'), 'two');
      assert.match(app.process.log(), /The configuration can be read again/);
      assert.ok(!app.process.log().includes(secret));
    } finally {
      await app.stop();
    }
  });

  test('a key that needs a restart is named once, and nothing of it takes effect', async () => {
    const { file, app, labelOf, reaches, sample } = await runConfiguredApp((folder) =>
      write(folder, tracking('one')),
    );
    try {
      const change = `LIBRARY_NAMESPACE: top-secret-name\n`;
      writeFileSync(file, tracking('two') + change);
      await reaches(SUCCESSES, 1);
      writeFileSync(file, `TRACKED_NAMESPACES: [top-secret-name, library]\n${change}`);
      await reaches(SUCCESSES, 2);
      await fetch(`${app.url}/v2/ubuntu/manifests/latest`);
      const samples = [...(await scrape(app.adminUrl, 'quay_request_duration_seconds_count')).keys()];
      assert.ok(samples.some((key) => key.includes('namespace_name="library"')));
      assert.equal(await labelOf('acme'), 'other');
      assert.equal(occurrences(app, /wait for a restart/g), 1);
      assert.match(app.process.log(), /"keys":\s*\["LIBRARY_NAMESPACE"\]/);
      assert.ok(!app.process.log().includes('top-secret-name'));
      assert.equal(await sample(SUCCESSFUL), 1);
    } finally {
      await app.stop();
    }
  });

  test('SIGHUP reads it at once, changed or not, also where nobody looks at it by itself', async () => {
    const { file, app, labelOf, reaches, sample } = await runConfiguredApp(
      (folder) => write(folder, tracking('one')),
      { CONFIG_RELOAD_SECONDS: '0' },
    );
    try {
      writeFileSync(file, tracking('two'));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(await labelOf('acme'), 'one');
      assert.equal(await sample(SUCCESSES), 0);
      app.process.signal('SIGHUP');
      await reaches(SUCCESSES, 1);
      assert.equal(await labelOf('acme'), 'two');
      app.process.signal('SIGHUP');
      await reaches(SUCCESSES, 2);
      rmSync(file);
      app.process.signal('SIGHUP');
      await reaches(FAILURES, 1);
      app.process.signal('SIGHUP');
      await reaches(FAILURES, 2);
      assert.equal(await labelOf('acme'), 'two');
    } finally {
      await app.stop();
    }
    assert.deepEqual(await app.process.exited, { code: 0, signal: null });
  });

  test('SIGHUP to the process that watches over several workers reaches each of them', async () => {
    const { file, app, labelOf, reaches, sample } = await runConfiguredApp(
      (folder) => write(folder, tracking('one')),
      { CONFIG_RELOAD_SECONDS: '0', HTTP_WORKERS: '2' },
    );
    try {
      writeFileSync(file, tracking('two'));
      app.process.signal('SIGHUP');
      await reaches(SUCCESSES, 2);
      assert.equal(await sample(SUCCESSFUL), 1);
      for (let request = 0; request < 4; request += 1) assert.equal(await labelOf('acme'), 'two');
    } finally {
      await app.stop();
    }
  });

  test('by default the label is that of Python: only a bucket for v2 shows, and it reloads as well', async () => {
    const { file, app, labelOf, reaches } = await runConfiguredApp(
      (folder) => write(folder, 'TRACKED_NAMESPACES: [acme]\n'),
      { REGISTRY_NAMESPACE_LABEL: 'python' },
    );
    try {
      assert.equal(await labelOf('acme'), 'other');
      writeFileSync(file, 'TRACKED_NAMESPACES: {second: v2, customers: [acme]}\n');
      await reaches(SUCCESSES, 1);
      assert.equal(await labelOf('acme'), 'second');
    } finally {
      await app.stop();
    }
  });
});
