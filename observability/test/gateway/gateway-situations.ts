import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { waitUntil } from '@quay-observability/testkit';
import { isReady, REPOSITORY, TOKEN, UNKNOWN_REPOSITORY, WORKERS, type Gateway } from './start-gateways.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Of each client at a time, so that they come faster than a hanging Redis gives them up. */
const CLIENTS = 16;
/** Longer than registry-metrics takes to do without its Redis. */
const ANSWER_MS = 10_000;

/** Pulls of a repository that the database has, and of one that it has not. */
export async function pullBoth({ url }: Gateway): Promise<void> {
  await pull(url, REPOSITORY);
  await pull(url, UNKNOWN_REPOSITORY);
}

/** So many pulls, as fast as they go. */
export async function pullMany({ url }: Gateway, times: number): Promise<void> {
  let left = times;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await pull(url, REPOSITORY);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, work));
}

/** An event that counts, one that means nothing here, and one that lacks its target. */
export async function sendEvents({ notificationsUrl }: Gateway): Promise<void> {
  const digest = `sha256:${'a'.repeat(64)}`;
  const target = { mediaType: MANIFEST, size: 402, digest, repository: REPOSITORY };
  const events = [
    { id: randomUUID(), action: 'pull', target, request: { method: 'GET' } },
    { id: randomUUID(), action: 'delete', target },
    { id: randomUUID(), action: 'pull' },
  ];
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/vnd.docker.distribution.events.v1+json',
  };
  await ask(notificationsUrl, { method: 'POST', headers, body: JSON.stringify({ events }) });
}

/** Writes a configuration that differs from the last one. */
export function changeConfig({ configFile }: Gateway): void {
  const other = readFileSync(configFile, 'utf8').includes('acme') ? 'devtable' : 'acme';
  // Replaced at once: a reload in the midst of writing would find it empty, and say so.
  writeFileSync(`${configFile}.new`, `TRACKED_NAMESPACES: [${other}]\n`);
  renameSync(`${configFile}.new`, configFile);
}

/** Writes a configuration that cannot be read. */
export function breakConfig({ configFile }: Gateway): void {
  writeFileSync(configFile, 'TRACKED_NAMESPACES: [acme\n');
}

/** Ends a process of the app so often, and waits each time until another one serves. */
export async function killProcesses(app: Gateway, times: number): Promise<void> {
  for (let killed = 0; killed < times; killed += 1) {
    const [first = NaN] = processesOf(app);
    process.kill(first, 'SIGKILL');
    await waitUntil(
      'another process',
      () => !processesOf(app).includes(first) && processesOf(app).length === WORKERS,
      { timeoutMs: 60_000 },
    );
    await isReady(app);
  }
}

function processesOf({ process: { pid } }: Gateway): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}

function pull(url: string, repository: string): Promise<void> {
  return ask(`${url}/v2/${repository}/manifests/latest`, { headers: { accept: MANIFEST } });
}

/** What is broken off by a process that ends is no fault here. */
async function ask(url: string, init: RequestInit): Promise<void> {
  await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }).then(
    (answer) => answer.arrayBuffer(),
    () => undefined,
  );
}
