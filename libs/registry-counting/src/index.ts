export { countPull } from './count-pull.ts';
export type { Pull } from './count-pull.ts';
export { countPush } from './count-push.ts';
export type { Push } from './count-push.ts';
export { knownBlobSize, measureBlob } from './measure-blob.ts';
export type { BlobMeasure } from './measure-blob.ts';
export type { NamedPull } from './named-pull.ts';
