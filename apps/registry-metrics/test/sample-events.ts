import { randomUUID } from 'node:crypto';

export const DIGEST = `sha256:${'30942b17efa2ac60'.repeat(4)}`;

/** An event as distribution 2.8 sends it, with other values where told. */
export function sampleEvent(
  overrides: { target?: object; request?: object; [field: string]: unknown } = {},
  kind: 'manifests' | 'blobs' = 'manifests',
) {
  return {
    id: randomUUID(),
    timestamp: '2026-02-16T12:49:50.944471192Z',
    action: 'pull',
    actor: {},
    source: { addr: 'vm:36605', instanceID: '15f20e42-2824-473d-8240-6f8dee8e5021' },
    ...overrides,
    target: {
      mediaType:
        kind === 'manifests' ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
      size: 402,
      digest: DIGEST,
      length: 402,
      repository: 'devtable/simple',
      url: `http://127.0.0.1:36605/v2/devtable/simple/${kind}/${DIGEST}`,
      ...overrides.target,
    },
    request: {
      id: randomUUID(),
      addr: '127.0.0.1:44554',
      host: '127.0.0.1:36605',
      method: 'GET',
      useragent: 'skopeo/1.9.3',
      ...overrides.request,
    },
  };
}
