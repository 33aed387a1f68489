import { waitUntil } from '@quay-observability/testkit';
import { beginUpload } from '../stack/clients.ts';
import { AILING } from './ailing-registry.ts';
import { REPOSITORY, type Installations } from './start-installations.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Does it again and again until what is returned is called. */
export function goOn(act: () => Promise<void>): () => Promise<void> {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await act();
      await waitUntil('the next round', () => true, { intervalMs: 250 });
    }
  };
  const running = run();
  return async () => {
    stop.abort();
    await running;
  };
}

/** Clients of the installation that fails, and of the one that counts twice. */
export async function askOthers({ ailingGateway, countsTwice }: Installations): Promise<void> {
  await Promise.all([
    ...Object.values(AILING).map((path) => ask(ailingGateway.url + path)),
    ask(`${ailingGateway.url}/v2/acme/app/manifests/refused`, { method: 'PUT', body: '{}' }),
    ask(`${countsTwice.url}/v2/${REPOSITORY}/manifests/latest`),
    ask(`${countsTwice.url}/v2/`),
  ]);
}

/** Pushes of the installation that is well: a manifest, and the beginning of a layer. */
export async function push({ gateway }: Installations): Promise<void> {
  const manifests = `${gateway.url}/v2/${REPOSITORY}/manifests`;
  const body = await ask(`${manifests}/latest`);
  await ask(`${manifests}/copy`, { method: 'PUT', headers: { 'content-type': MANIFEST }, body });
  await beginUpload(gateway.url, REPOSITORY);
}

async function ask(url: string, init: RequestInit = {}): Promise<ArrayBuffer> {
  const response = await fetch(url, { redirect: 'manual', headers: { accept: MANIFEST }, ...init });
  return response.arrayBuffer();
}
