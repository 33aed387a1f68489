import assert from 'node:assert/strict';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Pulls a manifest by its tag so often. Throws unless the registry has it. */
export async function pullManifest(url: string, repository: string, times: number): Promise<void> {
  for (let pull = 0; pull < times; pull += 1) {
    const response = await fetch(`${url}/v2/${repository}/manifests/latest`, {
      headers: { accept: MANIFEST },
    });
    assert.equal(response.status, 200, await response.text());
  }
}

/** Begins the upload of a blob, and sends one part of it. Returns where the next part would go. */
export async function beginUpload(url: string, repository: string): Promise<string> {
  const begun = await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  assert.equal(begun.status, 202, await begun.text());
  const sent = await sendPart(new URL(begun.headers.get('location') ?? '', url).href);
  assert.equal(sent.status, 202, await sent.text());
  return new URL(sent.headers.get('location') ?? '', url).href;
}

/** Sends a part of an upload. */
export function sendPart(location: string): Promise<Response> {
  return fetch(location, {
    method: 'PATCH',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'a part of a layer',
  });
}

/** Tells a Pushgateway what a process of Python's registry has counted so far, as prometheus_client does. */
export async function pushPythonPulls(pushgatewayUrl: string, pulls: number): Promise<void> {
  const group = 'job/quay/host/box/process_name/registry:application.py/pid/17';
  const response = await fetch(`${pushgatewayUrl}/metrics/${group}`, {
    method: 'PUT',
    body: `# HELP quay_registry_image_pulls_total number of images that have been downloaded via the registry
# TYPE quay_registry_image_pulls_total counter
quay_registry_image_pulls_total{protocol="v2",ref="tag",status="200"} ${pulls}.0
`,
  });
  assert.equal(response.status, 200, await response.text());
}

/** Somebody who may change the owners. */
export const ADMIN = { name: 'tester', token: 'a-token-for-tests-only' };

/** The API of a switch-controller. */
export type ControllerClient = {
  version(): Promise<number>;
  /** Changes the snapshot, as a JSON merge patch; returns the status. */
  patch(change: object, token?: string): Promise<number>;
};

/** Talks to the switch-controller at `url`. */
export function controllerClient(url: string): ControllerClient {
  const version = async (): Promise<number> => {
    const response = await fetch(`${url}/v1/snapshot`);
    assert.equal(response.status, 200);
    return ((await response.json()) as { version: number }).version;
  };
  return {
    version,
    patch: async (change, token = ADMIN.token) => {
      const response = await fetch(`${url}/v1/snapshot`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ version: await version(), ...change }),
      });
      await response.arrayBuffer();
      return response.status;
    },
  };
}
