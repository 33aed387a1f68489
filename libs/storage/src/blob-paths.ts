import { CodedError } from '@quay-observability/coded-errors';

/** As Quay parses a digest (`digest/digest_tools.py`). */
const DIGEST = /^([A-Za-z0-9_+.-]+):([A-Fa-f0-9]+)$/;
const UUID = /^[A-Za-z0-9-]+$/;

/**
 * Where the blob with this checksum is, below the root of a location: `sha256:abcd…` -> `sha256/ab/abcd…`
 * (contract section 8).
 *
 * @throws CodedError `STORAGE_PATH_INVALID`
 */
export function blobPath(checksum: string): string {
  const [, algorithm, hex] = DIGEST.exec(checksum) ?? [];
  if (algorithm === undefined || hex === undefined) throw invalid('the checksum is no digest algorithm:hex');
  // Both as in Quay: `tarsum.v1+sha256` is three folders, and a lone digit gets a zero before it.
  const folders = algorithm.replaceAll(/[+.]/g, '/').replaceAll(/\/+/g, '/').replace(/^\//, '');
  return [folders, hex.slice(0, 2).padStart(2, '0'), hex].filter((part) => part !== '').join('/');
}

/**
 * Where the layer of an image storage without a checksum path is: `sharedimages/{uuid}/layer`
 * (contract section 8).
 *
 * @throws CodedError `STORAGE_PATH_INVALID`
 */
export function imageLayerPath(uuid: string): string {
  return `sharedimages/${checkedUuid(uuid)}/layer`;
}

/**
 * Where an upload that has not ended is: `uploads/{uuid}`.
 *
 * @throws CodedError `STORAGE_PATH_INVALID`
 */
export function uploadPath(uuid: string): string {
  return `uploads/${checkedUuid(uuid)}`;
}

function checkedUuid(uuid: string): string {
  if (!UUID.test(uuid)) throw invalid('the id of the storage is no uuid');
  return uuid;
}

function invalid(problem: string): CodedError {
  return new CodedError('STORAGE_PATH_INVALID', `Not a path of the storage: ${problem}`);
}
