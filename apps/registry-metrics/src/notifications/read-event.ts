/** One event of a registry (CNCF distribution, `notifications/event.go`), as far as it is of use here. */
export type RegistryEvent = {
  readonly id: string;
  readonly action: 'pull' | 'push';
  /** HTTP method of the client's request; undefined if the event does not tell. */
  readonly method: string | undefined;
  readonly content: 'manifest' | 'blob';
  readonly mediaType: string;
  /** `algorithm:hex`. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** As the registry calls it: it may have no namespace. */
  readonly repository: string;
  /** Undefined for a request by digest. */
  readonly tag: string | undefined;
  /** Whole seconds; the present, if the event tells no time or one to come. */
  readonly unixSeconds: number;
};

/** An event that can be used; one of an action that nothing is counted for; or one with a fault. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: RegistryEvent }
  | { readonly kind: 'ignored'; readonly action: string }
  | { readonly kind: 'invalid'; readonly action: string; readonly problem: string };

const MAX_ID_LENGTH = 1024;
const MAX_NAME_LENGTH = 255;
const DIGEST = /^[A-Za-z0-9_+.-]{1,64}:[0-9a-fA-F]{1,128}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.Z+-]{1,40}$/;
const MANIFEST_TYPE = /^application\/vnd\.(?:docker\.distribution|oci)\.[a-z]+(?:\.[a-z]+)*\.v\d\+/;
const MANIFEST_WORDS: readonly string[] = ['manifest', 'index'];

/** Reads one entry of `events`. `nowMs` is the time in Unix milliseconds. Never throws. */
export function readEvent(value: unknown, nowMs: number): ReadEvent {
  const action = isObject(value) && typeof value.action === 'string' ? value.action : '';
  try {
    if (!isObject(value)) throw new Fault('', 'an object');
    if (action === '') throw new Fault('action', 'a text');
    if (action !== 'pull' && action !== 'push') return { kind: 'ignored', action };
    return { kind: 'event', event: readUsed(value, action, nowMs) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: 'invalid', action, problem: error.message };
  }
}

function readUsed(value: Fields, action: RegistryEvent['action'], nowMs: number): RegistryEvent {
  const { target, request } = value;
  if (!isObject(target)) throw new Fault('target', 'an object');
  if (request !== undefined && !isObject(request)) throw new Fault('request', 'an object');
  const mediaType = optionalText(target.mediaType, 'target.mediaType') ?? '';
  const tag = optionalText(target.tag, 'target.tag');
  if (tag !== undefined && !TAG.test(tag)) throw new Fault('target.tag', 'a tag');
  const digest = text(target.digest, 'target.digest', MAX_NAME_LENGTH);
  if (!DIGEST.test(digest)) throw new Fault('target.digest', 'algorithm:hex');
  return {
    id: text(value.id, 'id', MAX_ID_LENGTH),
    action,
    method: optionalText(request?.method, 'request.method'),
    content: contentOf(optionalText(target.url, 'target.url') ?? '', mediaType),
    mediaType,
    digest,
    // Left out where it is 0, and called `length` in old versions.
    sizeBytes: size(target.size ?? target.length ?? 0),
    repository: text(target.repository, 'target.repository', MAX_NAME_LENGTH),
    tag,
    unixSeconds: secondsOf(value.timestamp, nowMs),
  };
}

/** The address of the content tells manifests from blobs, whatever type they have; without it the type does. */
function contentOf(url: string, mediaType: string): RegistryEvent['content'] {
  const kind = url.split(/[?#]/, 1)[0]?.split('/').at(-2);
  if (kind === 'manifests') return 'manifest';
  if (kind === 'blobs') return 'blob';
  if (mediaType === '') throw new Fault('target.mediaType', 'a text, as target.url does not tell what it is');
  const parts = mediaType.slice(0, MAX_NAME_LENGTH).toLowerCase();
  return MANIFEST_TYPE.test(parts) && parts.split(/[.+]/).some((part) => MANIFEST_WORDS.includes(part))
    ? 'manifest'
    : 'blob';
}

function secondsOf(timestamp: unknown, nowMs: number): number {
  const told =
    typeof timestamp === 'string' && TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  return Math.floor((told >= 1000 && told <= nowMs ? told : nowMs) / 1000);
}

function size(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Fault('target.size', 'a whole number of bytes');
  return value;
}

function text(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== 'string' || value === '' || value.length > maxLength)
    throw new Fault(field, `a text of 1 to ${maxLength} characters`);
  return value;
}

/** Go leaves an empty text out. */
function optionalText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Fault(field, 'a text');
  return value;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Says what was expected and never repeats the value: it comes from a client, and is logged. */
class Fault extends Error {
  constructor(field: string, expected: string) {
    super(`${field === '' ? '' : `${field}: `}expected ${expected}`);
  }
}
