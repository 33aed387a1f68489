import { DOCKER_SCHEMA1_MEDIA_TYPE } from '@quay-observability/metric-catalogue';

/** What Python counts in `quay_registry_image_pushes_total` (contract section 3). */
export type Push = {
  readonly protocol: 'v1' | 'v2';
  readonly status: string;
  /** Empty for refused pushes and for v1. */
  readonly media_type: string;
};

const V1_STATUSES: readonly number[] = [204, 404, 400, 403];
const REFUSED_BY_DIGEST: readonly number[] = [400, 404];

/**
 * The push that an answered request is, if it is one. `contentType` is that of the request. Failures of
 * a push by tag are not counted.
 */
export function countPush(
  endpoint: string,
  method: string,
  status: number,
  contentType: string | undefined,
): Push | undefined {
  if (method !== 'PUT') return undefined;
  if (endpoint === 'v1.update_images') {
    return V1_STATUSES.includes(status)
      ? { protocol: 'v1', status: String(status), media_type: '' }
      : undefined;
  }
  const byDigest = endpoint === 'v2.write_manifest_by_digest';
  if (!byDigest && endpoint !== 'v2.write_manifest_by_tagname') return undefined;
  if (status === 201) return { protocol: 'v2', status: '201', media_type: manifestMediaType(contentType) };
  if (byDigest && REFUSED_BY_DIGEST.includes(status))
    return { protocol: 'v2', status: String(status), media_type: '' };
  return undefined;
}

/** A manifest without a type of its own is Docker's schema 1, as in Python. */
function manifestMediaType(contentType: string | undefined): string {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return mediaType === '' || mediaType === 'application/json' ? DOCKER_SCHEMA1_MEDIA_TYPE : mediaType;
}
