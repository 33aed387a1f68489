import { createJsonStrings } from './json-strings.ts';

/** What an `Index` request submits. */
export type IndexRequest = {
  /** Of the manifest; undefined if the request does not name it, or not by a digest. */
  readonly manifestDigest: string | undefined;
  /** Of the layers, in order; one that occurs twice stands here twice. */
  readonly layerDigests: readonly string[];
  /** Layers without a digest, and those beyond the limit. */
  readonly unreadableLayers: number;
};

/** Reads the body of an `Index` request as it passes. Neither addresses nor headers of layers are looked at: they hold credentials. */
export type IndexRequestReader = {
  push(piece: Buffer): void;
  /** How many layers have been seen so far. */
  layers(): number;
  /** Once the whole request has passed; undefined before, and if it is no JSON object. */
  request(): IndexRequest | undefined;
};

/** An image has at most 127 layers; a request that has more is not from Quay. */
const MAX_LAYERS = 10_000;
const DIGEST = /^[a-z0-9]{2,16}:[0-9a-f]{32,128}$/;

/** A digest as registries write it (`sha256:` and 64 hex digits); undefined for anything else. */
export function readDigest(text: string | undefined): string | undefined {
  return text !== undefined && DIGEST.test(text) ? text : undefined;
}

export function createIndexRequestReader(): IndexRequestReader {
  let manifestDigest: string | undefined;
  let unreadableLayers = 0;
  const layerDigests: string[] = [];
  const strings = createJsonStrings(['hash', 'layers[].hash'], (path, value) => {
    const digest = readDigest(value);
    if (path === 'hash') manifestDigest = digest;
    else if (digest === undefined || layerDigests.length >= MAX_LAYERS) unreadableLayers += 1;
    else layerDigests.push(digest);
  });
  return {
    push: (piece) => {
      strings.push(piece);
    },
    layers: () => layerDigests.length + unreadableLayers,
    request: () =>
      strings.state() === 'complete' ? { manifestDigest, layerDigests, unreadableLayers } : undefined,
  };
}
