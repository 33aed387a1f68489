import express, { Router } from 'express';
import type { BlobStore } from './blob-store.ts';
import { digestOf, type ManifestStore } from './manifest-store.ts';
import { manifestReference, repositoryName, type InRepository } from './names.ts';
import { readManifest } from './read-manifest.ts';
import { RegistryError } from './registry-error.ts';

const MANIFEST = '/v2/*repository/manifests/:reference';

/** Manifests, tags and the catalog. */
export function manifestRoutes(manifests: ManifestStore, blobs: BlobStore): Router {
  const router = Router();

  router.get<InRepository<'reference'>>(MANIFEST, (request, response) => {
    const { reference } = request.params;
    manifestReference(reference);
    const manifest = manifests.find(repositoryName(request.params.repository), reference);
    if (manifest === undefined) throw new RegistryError(404, 'MANIFEST_UNKNOWN', 'there is no such manifest');
    const { digest, mediaType, bytes } = manifest;
    response.set({ 'Docker-Content-Digest': digest, ETag: `"${digest}"` });
    response.setHeader('Content-Type', mediaType);
    response.send(bytes);
  });

  router.put<InRepository<'reference'>>(
    MANIFEST,
    express.raw({ type: () => true, limit: '4mb' }),
    async (request, response) => {
      const repository = repositoryName(request.params.repository);
      const reference = manifestReference(request.params.reference);
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const digest = digestOf(bytes);
      if ('digest' in reference && reference.digest !== digest)
        throw new RegistryError(400, 'DIGEST_INVALID', 'the digest is not that of the manifest');
      const { mediaType, blobDigests, manifestDigests } = readManifest(bytes, request.get('content-type'));
      const sizes = await Promise.all(blobDigests.map((blob) => blobs.sizeOf(blob)));
      if (sizes.includes(undefined) || manifestDigests.some((child) => !manifests.find(repository, child)))
        throw new RegistryError(400, 'MANIFEST_BLOB_UNKNOWN', 'the manifest refers to what is not there');
      manifests.put(repository, { digest, mediaType, bytes }, 'tag' in reference ? reference.tag : undefined);
      response
        .status(201)
        .set({ Location: `/v2/${repository}/manifests/${digest}`, 'Docker-Content-Digest': digest })
        .end();
    },
  );

  router.delete(MANIFEST, () => {
    throw new RegistryError(405, 'UNSUPPORTED', 'nothing is deleted here');
  });

  router.get<InRepository>('/v2/*repository/tags/list', (request, response) => {
    const name = repositoryName(request.params.repository);
    const tags = manifests.tags(name);
    if (tags === undefined) throw new RegistryError(404, 'NAME_UNKNOWN', 'there is no such repository');
    response.json({ name, tags });
  });

  router.get('/v2/_catalog', (_request, response) => {
    response.json({ repositories: manifests.repositories() });
  });

  return router;
}
