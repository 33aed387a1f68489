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
/** Every GET of it finds it. */
export const BLOB = `/v2/ns/repo/blobs/${digestOf(LAYER)}`;
const TAGGED = '/v2/ns/repo/manifests/v1';
const BY_DIGEST = `/v2/ns/repo/manifests/${digestOf(MANIFEST)}`;
const accept = { Accept: OCI };

const BASICS: readonly Step[] = [
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
];

const WIDER: readonly Step[] = [
  // Tags, page by page, and the catalogue.
  ...['v2', 'v3', 'v4'].map((tag) => ({
    method: 'PUT',
    path: `/v2/ns/repo/manifests/${tag}`,
    body: MANIFEST,
    headers: { 'Content-Type': OCI },
  })),
  ...['?n=2', '?n=2&last=v2', '?n=0', '?n=-1', '?n=two', '?last=v3', '?n=1000000000000'].map((query) => ({
    method: 'GET',
    path: `/v2/ns/repo/tags/list${query}`,
  })),
  { method: 'GET', path: '/v2/_catalog?n=1&last=ns/other' },
  // Uploads in one POST, with Expect, in the wrong order, and with what is no digest.
  { method: 'POST', path: `/v2/ns/repo/blobs/uploads/?digest=${digestOf(CONFIG)}`, body: CONFIG },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  {
    method: 'PATCH',
    path: '{location}',
    body: LAYER.subarray(0, 10),
    headers: { 'Content-Range': '5000-5009' },
  },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  {
    method: 'PUT',
    path: `{location}&digest=${digestOf(CONFIG)}`,
    body: CONFIG,
    headers: { Expect: '100-continue' },
  },
  { method: 'POST', path: '/v2/ns/repo/blobs/uploads/' },
  { method: 'PUT', path: '{location}&digest=md5:0', body: CONFIG },
  { method: 'PUT', path: '{location}', body: CONFIG },
  { method: 'DELETE', path: '/v2/ns/repo/blobs/uploads/00000000-0000-4000-8000-000000000000' },
  { method: 'POST', path: `/v2/ns/new/blobs/uploads/?mount=sha256:${'1'.repeat(64)}&from=ns/repo` },
  // What is absent, and what is no name, tag or digest.
  ...['GET', 'HEAD', 'DELETE'].flatMap((method) =>
    [
      ...[`/v2/ns/repo/manifests/absent`, `/v2/ns/repo/manifests/sha256:${'1'.repeat(64)}`],
      ...[`/v2/ns/repo/blobs/sha256:${'1'.repeat(64)}`, '/v2/ns/repo/blobs/sha256:short'],
      ...['/v2/ns/repo/manifests/..', '/v2/ns/repo/manifests/-tag', '/v2/NS/repo/manifests/v1'],
      ...[
        `/v2/ns/repo/manifests/${'t'.repeat(200)}`,
        `/v2/${'n/'.repeat(150)}n/manifests/v1`,
        '/v2/ns/repo/manifests/',
      ],
    ].map((path) => ({ method, path, headers: accept })),
  ),
  ...['text/plain', '*/*', 'application/vnd.docker.distribution.manifest.v2+json', `${OCI}, */*;q=0.1`].map(
    (type) => ({ method: 'GET', path: TAGGED, headers: { Accept: type } }),
  ),
  {
    method: 'PUT',
    path: '/v2/ns/repo/manifests/typed',
    body: MANIFEST,
    headers: { 'Content-Type': 'text/plain' },
  },
  { method: 'PUT', path: '/v2/ns/repo/manifests/untyped', body: MANIFEST },
  { method: 'GET', path: `/v2/ns/repo/referrers/${digestOf(MANIFEST)}` },
  // Conditions and ranges.
  { method: 'GET', path: BY_DIGEST, headers: { ...accept, 'If-None-Match': `"${digestOf(MANIFEST)}"` } },
  { method: 'GET', path: BY_DIGEST, headers: { ...accept, 'If-None-Match': '"other"' } },
  { method: 'HEAD', path: BLOB, headers: { 'If-None-Match': `"${digestOf(LAYER)}"` } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=0-0' } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=5-1' } },
  { method: 'GET', path: BLOB, headers: { Range: 'lines=1-2' } },
  { method: 'GET', path: BLOB, headers: { Range: 'bytes=0-1', 'If-Range': '"other"' } },
  { method: 'OPTIONS', path: '/v2/' },
  { method: 'DELETE', path: '/v2/ns/repo/manifests/v4' },
];

const END: readonly Step[] = [
  { method: 'DELETE', path: BY_DIGEST },
  { method: 'GET', path: BY_DIGEST, headers: accept },
  { method: 'DELETE', path: BLOB },
];

/** What every registry has to answer alike, down to the number of each status. */
export const BASIC_SCRIPT: readonly Step[] = [...BASICS, ...END];

/** What clients of a registry do, and get wrong: every kind of answer is in it. */
export const SCRIPT: readonly Step[] = [...BASICS, ...WIDER, ...END];

/** Sends a script, one request after another. */
export async function play(origin: string, script = SCRIPT): Promise<Answer[]> {
  const answers: Answer[] = [];
  let location = '';
  for (const step of script) {
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
    // Whoever is asked to wait sends the body when told.
    if (headers.Expect === undefined) request.end(body);
    else request.once('continue', () => request.end(body));
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
