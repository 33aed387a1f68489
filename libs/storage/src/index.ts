export type { BlobStorage, Storage, UnsupportedStorage } from './blob-storage.ts';
export { blobPath, imageLayerPath, uploadPath } from './blob-paths.ts';
