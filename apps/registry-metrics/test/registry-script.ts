import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request as send } from 'node:http';

type Step = {
  method: string;
  /** `{location}` is where the step before was sent. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
  chunked?: boolean;
};
/** An answer, without what is different every time and what names the server. */
export type Answer = { status: string; headers: string[]; body: string };

export const LAYER = Buffer.from('0123456789'.repeat(1000));
const CONFIG = Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}');
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(CONFIG),
      size: CONFIG.length,
    },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(LAYER), size: LAYER.length },
    ],
  }),
);
const BLOB = `/v2/ns/repo/blobs/${digestOf(LAYER)}`;
const TAGGED = '/v2/ns/repo/manifests/v1';
const BY_DIGEST = `/v2/ns/repo/manifests/${digestOf(MANIFEST)}`;
const accept = { Accept: OCI };

/** What clients of a registry do, and get wrong: every kind of answer is in it. */
export const SCRIPT: readonly Step[] = [
  { method: 'GET', path: '/v2/' },
  { method: 'GET', path: '/v2' },
  { method: 'GET', path: TAGGED, headers: accept },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  { method: 'PATCH', path: '{location}', body: LAYER.subarray(0, 4000), chunked: true },
  {
    method: 'PATCH',
    path: '{location}',
    body: LAYER.subarray(4000),
    headers: { 'Content-Range': '4000-9999' },
  },
  { method: 'GET', path: '{location}' },
  { method: 'PUT', path: `{location}&digest=${digestOf(LAYER)}` },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  { method: 'PUT', path: `{location}&digest=${digestOf(CONFIG)}`, body: CONFIG },
  { method: 'POST', path: `/v2/ns/other/blobs/uploads/?mount=${digestOf(LAYER)}&from=ns/repo` },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  { method: 'PUT', path: `{location}&digest=sha256:${'0'.repeat(64)}`, body: CONFIG },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  { method: 'DELETE', path: '{location}' },
  { method: 'PUT', path: TAGGED, body: MANIFEST, headers: { 'Content-Type': OCI } },
  { method: 'PUT', path: TAGGED, body: Buffer.from('{'), headers: { 'Content-Type': OCI } },
  {
    method: 'PUT',
    path: `/v2/ns/repo/manifests/sha256:${'0'.repeat(64)}`,
    body: MANIFEST,
    headers: { 'Content-Type': OCI },
  },
  ...['GET', 'HEAD', 'OPTIONS'].flatMap((method) =>
    [TAGGED, BY_DIGEST, BLOB].map((path) => ({ method, path, headers: accept })),
  ),
  { method: 'GET', path: TAGGED, headers: { ...accept, 'If-None-Match': `"${digestOf(MANIFEST)}"` } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=10-19' } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=-5' } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=20000-' } },
  { method: 'HEAD', path: BLOB, headers: { Range: 'bytes=10-19' } },
  { method: 'GET', path: BLOB, headers: { 'If-None-Match': `"${digestOf(LAYER)}"` } },
  { method: 'GET', path: '/v2/ns/repo/tags/list' },
  { method: 'GET', path: '/v2/_catalog?n=1' },
  { method: 'GET', path: '/v2/ns//repo/tags/list' },
  { method: 'GET', path: '/v2/ns/%72epo/tags/list' },
  { method: 'GET', path: '/v2/Bad..Name/tags/list' },
  { method: 'PATCH', path: '/v2/' },
  { method: 'POST', path: '/v2/ns/repo/tags/list' },
  { method: 'GET', path: '/elsewhere' },
  { method: 'DELETE', path: BY_DIGEST },
  { method: 'GET', path: BY_DIGEST, headers: accept },
  { method: 'DELETE', path: BLOB },
];

/** Sends the script, one request after another. */
export async function play(origin: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  let location = '';
  for (const step of SCRIPT) {
    const { answer, movedTo } = await ask(origin, {
      ...step,
      path: step.path.replace('{location}', location),
    });
    answers.push(answer);
    if (movedTo !== undefined) location = movedTo;
  }
  return answers;
}

function ask(
  origin: string,
  { method, path, headers = {}, body, chunked }: Step,
): Promise<{ answer: Answer; movedTo: string | undefined }> {
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked === true ? {} : { 'Content-Length': body.length };
    const request = send(
      new URL(origin),
      { method, path, headers: { ...headers, ...length }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        const finish = (how: string): void => {
          const { location } = response.headers;
          const moved = location === undefined ? undefined : new URL(location, origin);
          if (moved !== undefined) assert.equal(moved.origin, origin, 'a Location leads where the client is');
          resolve({
            answer: {
              status: `${response.statusCode} ${response.statusMessage}`,
              headers: comparable(response.rawHeaders, origin),
              body: Buffer.concat(chunks).toString('latin1').replaceAll(origin, '') + how,
            },
            movedTo: moved === undefined ? undefined : moved.pathname + moved.search,
          });
        };
        response.on('end', () => {
          finish('');
        });
        // Some answers of the registry announce more than they hold: that must show through the gateway too.
        response.on('error', () => {
          finish(' (broken off)');
        });
      },
    );
    request.on('error', reject);
    if (chunked === true) request.flushHeaders();
    request.end(body);
  });
}

/** Headers in order, without what belongs to the connection and what is different every time. */
function comparable(rawHeaders: string[], origin: string): string[] {
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (/^(connection|keep-alive|date|transfer-encoding)$/i.test(name)) continue;
    const value = (rawHeaders[index + 1] ?? '')
      .replace(origin, '')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
      .replace(/_state=[^&]+/, '_state=<state>');
    lines.push(`${name}: ${value}`);
  }
  return lines;
}
