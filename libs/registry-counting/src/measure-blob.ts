/**
 * What a blob download adds to `quay_registry_image_pulled_estimated_bytes_total` (contract section 3):
 * nothing; a size that the answer tells; as much as is sent, the answer being whole; or a size that has
 * to be looked up.
 */
export type BlobMeasure =
  | { readonly kind: 'none' }
  | { readonly kind: 'size'; readonly sizeBytes: number }
  | { readonly kind: 'sent' }
  | { readonly kind: 'look-up' };

const NONE: BlobMeasure = { kind: 'none' };
const LOOK_UP: BlobMeasure = { kind: 'look-up' };
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * How many bytes an answered request counts: the blob's whole size, once per GET that finds it, also
 * when the answer is a range, a redirect, or "not modified". `header` gives a header of the answer.
 */
export function measureBlob(
  endpoint: string,
  method: string,
  status: number,
  header: (lowerCaseName: string) => string | undefined,
): BlobMeasure {
  if (method !== 'GET' || (endpoint !== 'v2.download_blob' && endpoint !== 'v1.get_image_layer')) return NONE;
  if (status === 200) {
    const sizeBytes = wholeNumber(header('content-length'));
    return sizeBytes === undefined ? { kind: 'sent' } : { kind: 'size', sizeBytes };
  }
  if (status === 206 || status === 416) {
    // `bytes 0-9/100` or `bytes */100`; several ranges in one answer carry none.
    const sizeBytes = wholeNumber(/^bytes [^/]*\/(\d+)$/.exec(header('content-range') ?? '')?.[1]);
    return sizeBytes === undefined ? LOOK_UP : { kind: 'size', sizeBytes };
  }
  // v1 answers 304 before it looks for the layer.
  if (status === 304) return endpoint === 'v2.download_blob' ? LOOK_UP : NONE;
  return REDIRECTS.includes(status) ? LOOK_UP : NONE;
}

/** The size that an answer to HEAD tells, to be remembered; HEAD itself does not count. */
export function knownBlobSize(
  endpoint: string,
  status: number,
  header: (lowerCaseName: string) => string | undefined,
): number | undefined {
  return endpoint === 'v2.check_blob_exists' && status === 200
    ? wholeNumber(header('content-length'))
    : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
