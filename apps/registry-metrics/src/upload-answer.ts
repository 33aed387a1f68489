import type { RouteMatch } from '@quay-observability/registry-routes';
import { decodePath } from '@quay-observability/registry-routes';

/** What an answer says of the upload it is about: it goes on under this id, or it is over. */
export type UploadAnswer = { readonly uploadId: string; readonly open: boolean };

/** The id in the path of a request that is about an upload under way. */
export function uploadIdOf(route: RouteMatch | undefined): string | undefined {
  return route?.params.upload_uuid;
}

/**
 * Reads an answer as far as uploads are concerned; undefined if it says nothing of one. An upload is open from
 * the 202 that names it until it is complete (201), cancelled (204 to DELETE), or unknown to its runtime (404).
 */
export function readUploadAnswer(
  route: RouteMatch,
  method: string,
  status: number,
  header: (lowerCaseName: string) => string | undefined,
): UploadAnswer | undefined {
  const asked = uploadIdOf(route);
  if (asked === undefined && route.endpoint !== 'v2.start_blob_upload') return undefined;
  if (status === 202 || (status === 204 && method === 'GET')) {
    // Requests will carry the id of the Location: it goes before the header that only repeats it.
    const uploadId = lastSegment(header('location')) ?? header('docker-upload-uuid') ?? asked;
    return uploadId === undefined || uploadId === '' ? undefined : { uploadId, open: true };
  }
  const over =
    status === 404 || (status === 201 && method === 'PUT') || (status === 204 && method === 'DELETE');
  return over && asked !== undefined ? { uploadId: asked, open: false } : undefined;
}

function lastSegment(location: string | undefined): string | undefined {
  if (location === undefined) return undefined;
  const path = URL.parse(location, 'http://registry/')?.pathname;
  if (path?.includes('/blobs/uploads/') !== true) return undefined;
  const decoded = decodePath(path);
  const segment = decoded.slice(decoded.lastIndexOf('/') + 1);
  return segment === '' ? undefined : segment;
}
