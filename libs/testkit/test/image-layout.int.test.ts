import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  copyImage,
  removeFolder,
  startRegistry,
  tarArchive,
  temporaryFolder,
  writeImageLayout,
  type Server,
} from '../src/index.ts';

let registry: Server;
let folder: string;
before(async () => {
  registry = await startRegistry();
  folder = temporaryFolder('image');
});
after(async () => {
  await registry.stop();
  removeFolder(folder);
});

test('a real client takes the image into a registry and out of it, byte by byte', async () => {
  const image = writeImageLayout(join(folder, 'in'), 'one', [
    'first',
    'second',
    Buffer.alloc(100_000, 'third'),
  ]);
  assert.equal(image.blobs.length, 4);
  await copyImage(image.reference, `docker://127.0.0.1:${registry.port}/demo/image:one`);
  await copyImage(`docker://127.0.0.1:${registry.port}/demo/image:one`, `oci:${join(folder, 'out')}:one`);
  for (const digest of [image.manifestDigest, ...image.blobs.map((blob) => blob.digest)]) {
    const path = join('blobs', digest.replace(':', '/'));
    assert.deepEqual(readFileSync(join(folder, 'out', path)), readFileSync(join(folder, 'in', path)), digest);
  }
  await assert.rejects(
    copyImage(`docker://127.0.0.1:${registry.port}/demo/none:one`, 'oci:/nowhere:one'),
    /manifest unknown/,
  );
});

test('tar reads the archive', () => {
  const file = join(folder, 'archive.tar');
  writeFileSync(file, tarArchive({ 'a.txt': 'hello', 'b.bin': Buffer.alloc(512, 1) }));
  assert.equal(execFileSync('tar', ['-xOf', file, 'a.txt'], { encoding: 'utf8' }), 'hello');
  assert.equal(execFileSync('tar', ['-tf', file], { encoding: 'utf8' }), 'a.txt\nb.bin\n');
});
