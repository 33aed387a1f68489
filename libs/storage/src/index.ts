export { AccessInDoubt } from './access-in-doubt.ts';
export type { BlobStorage, Storage, UnsupportedStorage } from './blob-storage.ts';
export { blobPath, imageLayerPath, uploadPath } from './blob-paths.ts';
export { createStorage } from './create-storage.ts';
export type { StorageOptions } from './create-storage.ts';
