import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { createFileSource } from '../../src/owner-switches/file-source.ts';
import type { SwitchPhase } from '../../src/owner-switches/owner-switches.ts';
import { PULLS_TO_GO, snapshotJson } from './snapshots.ts';

const YAML = `version: 4
updated_at: 2026-02-16T10:11:12Z
updated_by: mia
owners:
  ROUTE_OWNER_CAP_V2_PULL: go
  WORKER_OWNER_GCWORKER: off
`;

function poll(path: string, phase: SwitchPhase = 'fresh', source = createFileSource(path)) {
  const { signal } = new AbortController();
  return source.poll({ inForce: { version: 1, phase, ageSeconds: 0 }, waitMs: 0, signal });
}

async function polledVersion(path: string, source = createFileSource(path)) {
  const polled = await poll(path, 'fresh', source);
  return polled === 'unchanged' ? polled : polled.snapshot.version;
}

/** A file that was written long ago, so that nobody doubts that it is whole. */
function settledFile(
  content: string | Uint8Array,
  path = join(temporaryFolder('switches'), 'switches.yaml'),
) {
  writeFileSync(path, content);
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  return path;
}

for (const [name, content] of [
  ['YAML', YAML],
  [
    'JSON',
    JSON.stringify(snapshotJson(4, { ...PULLS_TO_GO, WORKER_OWNER_GCWORKER: 'off' }, { updated_by: 'mia' })),
  ],
  ['YAML with a byte order mark', `\uFEFF${YAML}`],
  [
    "a section of Quay's configuration",
    `DB_URI: postgresql://quay:hunter2@db/quay\nMIGRATION_SWITCHES:\n${YAML.replaceAll(/^/gm, '  ')}`,
  ],
] as const)
  test(`reads ${name}`, async () => {
    const polled = await poll(settledFile(content));
    assert.ok(polled !== 'unchanged');
    const { version, updatedBy, owners } = polled.snapshot;
    assert.deepEqual([version, updatedBy], [4, 'mia']);
    assert.deepEqual(
      [...owners],
      [
        ['ROUTE_OWNER_CAP_V2_PULL', 'go'],
        ['WORKER_OWNER_GCWORKER', 'off'],
      ],
    );
  });

test('the same bytes are unchanged, and are not parsed again', async () => {
  const path = settledFile(YAML);
  const source = createFileSource(path);
  const first = await poll(path, 'fail-closed', source);
  assert.equal(await poll(path, 'fresh', source), 'unchanged');
  // While the switches are not fresh only their content confirms them.
  assert.equal(await poll(path, 'last-known-good', source), first);
});

test('what was refused is refused again by the same bytes, and not confirmed', async () => {
  const path = settledFile('version: 4');
  const source = createFileSource(path);
  const refusals = await Promise.allSettled([
    poll(path, 'fail-closed', source),
    poll(path, 'last-known-good', source),
  ]);
  await assert.rejects(poll(path, 'last-known-good', source), { code: 'SNAPSHOT_INVALID' });
  assert.deepEqual(
    refusals.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

const LIMIT = 1024 * 1024;
for (const [name, content, message] of [
  ['an empty file', '', / is empty$/],
  ['a file of nothing but comments', '# later\n', / is empty$/],
  ['a truncated file', YAML.slice(0, 30), /owners: expected/],
  ['truncated JSON', '{"version": 4, "owners": {"ROUTE_', / is not YAML: .* line 1/],
  ['a file that is no YAML', 'a: [1\nb: }', / is not YAML: /],
  ['a file that is not UTF-8', Buffer.from([0xff, 0xfe, 0x61]), / is not UTF-8$/],
  ['a text', 'hello', / has neither version and owners nor a section MIGRATION_SWITCHES$/],
  [
    'a configuration without the section',
    'DB_URI: a\n',
    / has neither version and owners nor a section MIGRATION_SWITCHES$/,
  ],
  ['an empty section', 'MIGRATION_SWITCHES:\n', /expected an object with version, updated_at and owners/],
  [
    'an explosion of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    / is not YAML: /,
  ],
  ['a file of 10 MB', Buffer.alloc(10_000_000, 'a'), / is larger than 1048576 bytes$/],
  ['one byte too many', Buffer.alloc(LIMIT + 1, ' '), / is larger than 1048576 bytes$/],
] as const)
  test(`${name} is refused, and the message names the cause`, async () => {
    const path = settledFile(content);
    await assert.rejects(poll(path), { code: 'SNAPSHOT_INVALID', message });
  });

const SECTION = `MIGRATION_SWITCHES:\n${YAML.replaceAll(/^(?=.)/gm, '  ')}`;
for (const [name, content, place] of [
  ['owners', `${YAML}owners: {}\n`, 'line 7, column 1'],
  ['a switch', `${YAML}  ROUTE_OWNER_CAP_V2_PULL: python\n`, 'line 7, column 3'],
  [
    'a switch in JSON',
    '{"version":4,"updated_at":"2026-02-16T10:11:12Z","owners":{"WORKER_OWNER_X":"go","WORKER_OWNER_X":"off"}}',
    'line 1, column 82',
  ],
  ['a switch of the section', `${SECTION}    ROUTE_OWNER_CAP_V2_PULL: python\n`, 'line 8, column 5'],
  ['the section', `${SECTION}DB_URI: a\n${SECTION}`, 'line 9, column 1'],
  ['a switch behind an alias', `x: &x {A: 1, A: 2}\n${YAML}  <<: *x\n`, 'line 1, column 14'],
  ['a key of several spellings', `${YAML}  "WORKER_OWNER_GCWORKER": go\n`, 'line 7, column 3'],
] as const)
  test(`of two equal keys the last one won, silently: a file that has ${name} twice is refused`, async () => {
    const path = settledFile(content);
    await assert.rejects(poll(path), {
      code: 'SNAPSHOT_INVALID',
      message: `${path} has a key twice: again at ${place}`,
    });
  });

test("what Quay's configuration has twice beside the section is Quay's affair", async () => {
  const path = settledFile(`DB_URI: a\nDB_URI: b\nREDIS: {host: a, host: b}\n${SECTION}DB_URI: c\n`);
  assert.equal(await polledVersion(path), 4);
});

test('an anchor that is used twice, and a merge that is overridden, are no keys twice', async () => {
  const path = settledFile(
    `base: &base {WORKER_OWNER_GCWORKER: go}\nMIGRATION_SWITCHES:\n${YAML.replaceAll(/^(?=.)/gm, '  ')}    <<: *base\n  canaries:\n    by_switch: {ROUTE_OWNER_CAP_V2_PULL: &c {percent: 1}, ROUTE_OWNER_CAP_V2_BLOB: *c}\n`,
  );
  assert.equal(await polledVersion(path), 4);
});

test('the text of a configuration that cannot be read is not repeated', async () => {
  for (const content of [
    'DB_URI: postgresql://quay:hunter2@db/quay\n',
    'DB_URI: "postgresql://quay:hunter2@db\n',
    'DB_URI: postgresql://quay:hunter2@db\nhunter2',
    'SECRET: hunter2\nMIGRATION_SWITCHES: hunter2\n',
  ])
    await assert.rejects(poll(settledFile(content)), (error: Error) => !error.message.includes('hunter2'));
});

test('what is no regular file is unavailable, and nobody waits for it', async () => {
  const folder = temporaryFolder('switches');
  const [fifo, directory] = [join(folder, 'fifo'), join(folder, 'directory')];
  execFileSync('mkfifo', [fifo]);
  mkdirSync(directory);
  const began = performance.now();
  for (const path of [fifo, directory, '/dev/zero'])
    await assert.rejects(poll(path), { code: 'SNAPSHOT_UNAVAILABLE', message: `${path} is no regular file` });
  assert.ok(performance.now() - began < 1000);
  const missing = join(folder, 'missing');
  await assert.rejects(poll(missing), {
    code: 'SNAPSHOT_UNAVAILABLE',
    message: `${missing} cannot be read: ENOENT`,
  });
});

test('a file that vanishes is unavailable, and unchanged once it is back', async () => {
  const path = settledFile(YAML);
  const source = createFileSource(path);
  await poll(path, 'fail-closed', source);
  rmSync(path);
  await assert.rejects(poll(path, 'fresh', source), { code: 'SNAPSHOT_UNAVAILABLE' });
  settledFile(YAML, path);
  assert.equal(await polledVersion(path, source), 'unchanged');
});

test('a file replaced in one step under a busy writer is always found whole', async () => {
  const folder = temporaryFolder('switches');
  const path = join(folder, 'switches.yaml');
  const content = (version: number) =>
    JSON.stringify(snapshotJson(version, PULLS_TO_GO, { reason: 'x'.repeat(900) }));
  const replace = (version: number) => {
    const next = settledFile(content(version), join(folder, 'next'));
    renameSync(next, path);
  };
  replace(1);
  const source = createFileSource(path);
  let version = 1;
  let last = 0;
  const writer = setInterval(() => replace((version += 1)), 1);
  try {
    for (let polls = 0; polls < 300; polls += 1) {
      const polled = await polledVersion(path, source);
      if (polled !== 'unchanged') {
        assert.ok(polled >= last);
        last = polled;
      }
    }
  } finally {
    clearInterval(writer);
  }
  assert.ok(last > 10, `version ${last}`);
});

test('the symbolic links of a mounted ConfigMap are followed anew after each swap', async () => {
  // As the kubelet's atomic writer lays it out: file -> ..data/file, ..data -> ..<time>, swapped by a rename.
  const volume = temporaryFolder('volume');
  const publish = (version: number) => {
    const folder = `..2026_02_16_10_11_${version}`;
    mkdirSync(join(volume, folder));
    settledFile(JSON.stringify(snapshotJson(version)), join(volume, folder, 'switches.yaml'));
    symlinkSync(folder, join(volume, '..data_tmp'));
    renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
    if (version > 1) rmSync(join(volume, `..2026_02_16_10_11_${version - 1}`), { recursive: true });
  };
  publish(1);
  const path = join(volume, 'switches.yaml');
  symlinkSync('..data/switches.yaml', path);
  const source = createFileSource(path);
  for (let version = 1; version <= 20; version += 1) {
    if (version > 1) publish(version);
    assert.equal(await polledVersion(path, source), version);
    assert.equal(await polledVersion(path, source), 'unchanged');
  }
});

test('half a file that could be a whole one is not taken: it is waited for until it stays the same', async () => {
  const path = join(temporaryFolder('switches'), 'switches.yaml');
  // Cut here it is YAML, and a snapshot in which pulls belong to python.
  const half = YAML.indexOf('  WORKER_OWNER');
  writeFileSync(path, YAML.slice(0, half));
  const polled = poll(path, 'fresh');
  await sleep(50);
  writeFileSync(path, YAML);
  const parsed = await polled;
  assert.ok(parsed !== 'unchanged');
  assert.equal(parsed.snapshot.owners.get('WORKER_OWNER_GCWORKER'), 'off');
});

test('a file that is being written to all the time is refused, and taken once it rests', async () => {
  const path = join(temporaryFolder('switches'), 'switches.yaml');
  let written = YAML;
  writeFileSync(path, written);
  const writer = setInterval(() => writeFileSync(path, (written += '# more\n')), 20);
  const source = createFileSource(path);
  await assert.rejects(poll(path, 'fresh', source), {
    code: 'SNAPSHOT_INVALID',
    message: /being written to|was written to/,
  });
  clearInterval(writer);
  await waitUntil('the file to be taken', async () => (await polledVersion(path, source)) === 4);
});

test('a poll in the middle of waiting ends when it is told to', async () => {
  const path = join(temporaryFolder('switches'), 'switches.yaml');
  writeFileSync(path, YAML);
  const stop = new AbortController();
  const polled = createFileSource(path).poll({
    inForce: { version: 0, phase: 'fail-closed', ageSeconds: 0 },
    waitMs: 0,
    signal: stop.signal,
  });
  await sleep(20);
  stop.abort();
  await assert.rejects(polled, { name: 'AbortError' });
});
