import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blobPath, imageLayerPath, uploadPath } from '@quay-observability/storage';

test('paths as Quay has them', () => {
  assert.equal(blobPath('sha256:abcdef'), 'sha256/ab/abcdef');
  assert.equal(blobPath('sha256:a'), 'sha256/0a/a');
  assert.equal(blobPath('tarsum.v1+sha256:abcdef'), 'tarsum/v1/sha256/ab/abcdef');
  const uuid = '6d5e5e3c-0b0c-4a3e-8a2e-1d2f3a4b5c6d';
  assert.equal(imageLayerPath(uuid), `sharedimages/${uuid}/layer`);
  assert.equal(uploadPath(uuid), `uploads/${uuid}`);
});

test('a checksum or id that is none is refused', () => {
  for (const checksum of ['', 'sha256', 'sha256:', 'sha256:xyz', 'sha256:ab/../cd', 'a/b:abcd', 'sha256:ab\n'])
    assert.throws(() => blobPath(checksum), { code: 'STORAGE_PATH_INVALID' }, checksum);
  for (const uuid of ['', '..', 'a/b', 'a b'])
    for (const path of [imageLayerPath, uploadPath])
      assert.throws(() => path(uuid), { code: 'STORAGE_PATH_INVALID' }, uuid);
});
