import { digestOf, type Image, type ServedFile } from './images.ts';
import type { Contestant } from './contestants.ts';

/** Throws unless a contestant hands out manifest and blob as the upstream has them, headers included. */
export async function checkAnswers({ name, url }: Contestant, { manifest, blob }: Image): Promise<void> {
  for (const file of [manifest, blob]) {
    const response = await fetch(`${url}${file.path}`);
    const body = Buffer.from(await response.arrayBuffer());
    const problem = problemOf(response, body, file);
    if (problem !== undefined) throw new Error(`${name}: ${file.path}: ${problem}`);
  }
}

function problemOf(response: Response, body: Buffer, file: ServedFile): string | undefined {
  if (response.status !== 200) return `status ${response.status}`;
  if (digestOf(body) !== file.digest) return 'the body differs';
  const header = response.headers.get('docker-content-digest');
  if (header !== file.digest) return `Docker-Content-Digest is ${header ?? 'absent'}`;
  const type = response.headers.get('content-type');
  return type === file.contentType ? undefined : `Content-Type is ${type ?? 'absent'}`;
}
