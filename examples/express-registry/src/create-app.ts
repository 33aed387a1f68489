import { registryMetrics, type RegistryMetricsOptions } from '@quay-observability/registry-middleware';
import express, { type Express } from 'express';
import { blobRoutes } from './blob-routes.ts';
import type { BlobStore } from './blob-store.ts';
import { manifestRoutes } from './manifest-routes.ts';
import type { ManifestStore } from './manifest-store.ts';
import { answerErrors, RegistryError } from './registry-error.ts';

export type RegistryAppOptions = Pick<RegistryMetricsOptions, 'metrics' | 'trackPull' | 'onProblem'> & {
  blobs: BlobStore;
  manifests: ManifestStore;
};

/** A registry that speaks enough of the distribution API for `skopeo copy` in and out. */
export function createApp({ blobs, manifests, ...counting }: RegistryAppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');

  // First, so that the time runs from the arrival, and so that errors are counted by the status they get.
  app.use(registryMetrics({ ...counting, findBlobSize: ({ digest }) => blobs.sizeOf(digest) }));

  app.use((_request, response, next) => {
    response.set('Docker-Distribution-API-Version', 'registry/2.0');
    next();
  });
  app.get('/v2/', (_request, response) => {
    response.json({});
  });
  app.use(manifestRoutes(manifests, blobs));
  app.use(blobRoutes(blobs));
  app.use(() => {
    throw new RegistryError(404, 'NOT_FOUND', 'there is nothing here');
  });
  app.use(answerErrors(counting.onProblem));
  return app;
}
