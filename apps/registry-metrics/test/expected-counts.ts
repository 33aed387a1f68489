import type { Recorded } from './record-requests.ts';

/** What recorded requests add to the counters of the contract, worked out without any code of the app. */
export type ExpectedCounts = [string, number][];

function tally(keys: string[]): ExpectedCounts {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort();
}

export function expectedPulls(recorded: readonly Recorded[]): ExpectedCounts {
  const pulls = recorded.filter(
    ({ method, path, status }) =>
      /^(GET|HEAD)$/.test(method) && path.includes('/manifests/') && /^(200|404)$/.test(String(status)),
  );
  return tally(
    pulls.map(
      ({ path, status }) =>
        `quay_registry_image_pulls_total{protocol="v2",ref="${path.includes('sha256:') ? 'manifest' : 'tag'}",status="${status}"}`,
    ),
  );
}

export function expectedPushes(recorded: readonly Recorded[]): ExpectedCounts {
  const pushes = recorded.filter(
    ({ method, path, status }) => method === 'PUT' && path.includes('/manifests/') && status === 201,
  );
  return tally(
    pushes.map(
      ({ contentType }) =>
        `quay_registry_image_pushes_total{protocol="v2",status="201",media_type="${contentType}"}`,
    ),
  );
}

export function expectedBytes(recorded: readonly Recorded[]): number {
  const downloads = recorded.filter(
    ({ method, path, status }) => method === 'GET' && path.includes('/blobs/sha256:') && status === 200,
  );
  return downloads.reduce((total, { answerLength }) => total + answerLength, 0);
}

export function expectedRequests(recorded: readonly Recorded[]): ExpectedCounts {
  return tally(
    recorded.map(({ method, path, status }) => {
      // The path of /v2/ has one segment, hence no namespace.
      const namespace = path === '/v2/' ? 'other' : 'registry';
      return `quay_request_duration_seconds_count{method="${method}",route="${routeOf(method, path)}",status="${status}",namespace_name="${namespace}"}`;
    }),
  );
}

function routeOf(method: string, path: string): string {
  if (path === '/v2/') return 'v2.v2_support_enabled';
  if (path.endsWith('/blobs/uploads/')) return 'v2.start_blob_upload';
  if (path.includes('/blobs/uploads/'))
    return method === 'PATCH' ? 'v2.upload_chunk' : 'v2.monolithic_upload_or_last_chunk';
  if (path.includes('/blobs/')) return method === 'HEAD' ? 'v2.check_blob_exists' : 'v2.download_blob';
  if (path.endsWith('/tags/list')) return 'v2.list_all_tags';
  const by = path.includes('sha256:') ? 'digest' : 'tagname';
  return method === 'PUT' ? `v2.write_manifest_by_${by}` : `v2.fetch_manifest_by_${by}`;
}

/** What recorded requests of protocol v1 add to the counters of pulls and pushes, and in bytes. */
export function expectedOfV1(recorded: readonly Recorded[]): { counts: ExpectedCounts; bytes: number } {
  const counted = recorded.filter(({ path }) => /^\/v1\/repositories\/.+\/images$/.test(path));
  const pulls = counted.filter(
    ({ method, status }) => /^(GET|HEAD)$/.test(method) && [200, 403, 404].includes(status),
  );
  const pushes = counted.filter(
    ({ method, status }) => method === 'PUT' && [204, 400, 403, 404].includes(status),
  );
  const layers = recorded.filter(
    ({ method, path, status }) => method === 'GET' && path.endsWith('/layer') && status === 200,
  );
  return {
    counts: tally([
      ...pulls.map(
        ({ status }) => `quay_registry_image_pulls_total{protocol="v1",ref="tag",status="${status}"}`,
      ),
      ...pushes.map(
        ({ status }) => `quay_registry_image_pushes_total{protocol="v1",status="${status}",media_type=""}`,
      ),
    ]),
    bytes: layers.reduce((total, { answerLength }) => total + answerLength, 0),
  };
}
