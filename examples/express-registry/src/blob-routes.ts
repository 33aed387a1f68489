import { Router, type Response } from 'express';
import type { BlobStore } from './blob-store.ts';
import { blobDigest, repositoryName, type InRepository } from './names.ts';
import { RegistryError } from './registry-error.ts';

const BLOB = '/v2/*repository/blobs/:digest';
const UPLOADS = '/v2/*repository/blobs/uploads/';
const UPLOAD = '/v2/*repository/blobs/uploads/:uploadId';

/** Uploads and downloads of blobs. */
export function blobRoutes(blobs: BlobStore): Router {
  const router = Router();

  router.post<InRepository>(UPLOADS, async (request, response) => {
    const repository = repositoryName(request.params.repository);
    const { mount } = request.query;
    if (mount !== undefined && (await blobs.sizeOf(blobDigest(mount))) !== undefined) {
      created(response, repository, blobDigest(mount));
      return;
    }
    received(response.status(202), repository, await blobs.startUpload(), 0);
  });

  router.get<InRepository<'uploadId'>>(UPLOAD, async (request, response) => {
    const { repository, uploadId } = request.params;
    const sizeBytes = await blobs.receivedBytes(uploadId);
    received(response.status(204), repositoryName(repository), uploadId, sizeBytes);
  });

  router.patch<InRepository<'uploadId'>>(UPLOAD, async (request, response) => {
    const { repository, uploadId } = request.params;
    const begin = /^(\d+)-/.exec(request.get('content-range') ?? '')?.[1];
    if (begin !== undefined && Number(begin) !== (await blobs.receivedBytes(uploadId)))
      throw new RegistryError(416, 'RANGE_INVALID', 'the chunk does not follow the one before');
    const sizeBytes = await blobs.append(uploadId, request);
    received(response.status(202), repositoryName(repository), uploadId, sizeBytes);
  });

  router.put<InRepository<'uploadId'>>(UPLOAD, async (request, response) => {
    const { repository, uploadId } = request.params;
    const digest = blobDigest(request.query.digest);
    await blobs.append(uploadId, request);
    await blobs.finishUpload(uploadId, digest);
    created(response, repositoryName(repository), digest);
  });

  router.delete<InRepository<'uploadId'>>(UPLOAD, async (request, response) => {
    await blobs.cancelUpload(request.params.uploadId);
    response.status(204).end();
  });

  // Express answers HEAD by the same route, and ranges and conditions by itself.
  router.get<InRepository<'digest'>>(BLOB, async (request, response) => {
    repositoryName(request.params.repository);
    const digest = blobDigest(request.params.digest);
    if ((await blobs.sizeOf(digest)) === undefined)
      throw new RegistryError(404, 'BLOB_UNKNOWN', 'there is no such blob');
    response.set({
      'Content-Type': 'application/octet-stream',
      'Docker-Content-Digest': digest,
      ETag: `"${digest}"`,
    });
    response.sendFile(blobs.fileOf(digest), { root: blobs.folder, maxAge: '1y' });
  });

  router.delete(BLOB, () => {
    throw new RegistryError(405, 'UNSUPPORTED', 'nothing is deleted here');
  });

  return router;
}

function created(response: Response, repository: string, digest: string): void {
  response
    .status(201)
    .set({ Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest })
    .end();
}

function received(response: Response, repository: string, uploadId: string, sizeBytes: number): void {
  response
    .set({
      Location: `/v2/${repository}/blobs/uploads/${uploadId}?_state=none`,
      Range: `0-${Math.max(0, sizeBytes - 1)}`,
      'Docker-Upload-UUID': uploadId,
    })
    .end();
}
