import { blobDigest } from './names.ts';
import { RegistryError } from './registry-error.ts';

/** What a manifest says of itself and refers to. */
export type ManifestContent = {
  readonly mediaType: string;
  readonly blobDigests: readonly string[];
  readonly manifestDigests: readonly string[];
};

const MAX_MEDIA_TYPE_LENGTH = 255;

/** Reads an image manifest or index; throws a 400 if it is neither. */
export function readManifest(bytes: Buffer, contentType: string | undefined): ManifestContent {
  const content = parse(bytes);
  const mediaType = contentType ?? content.mediaType;
  if (typeof mediaType !== 'string' || mediaType.length > MAX_MEDIA_TYPE_LENGTH)
    throw invalid('the manifest has no media type');
  const layers = content.layers === undefined ? [] : digestsOf(content.layers);
  const config = content.config === undefined ? [] : digestsOf([content.config]);
  const manifestDigests = content.manifests === undefined ? [] : digestsOf(content.manifests);
  return { mediaType, blobDigests: [...config, ...layers], manifestDigests };
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(bytes.toString('utf8'));
    if (isObject(content)) return content;
  } catch {
    // Answered below.
  }
  throw invalid('the manifest is not a JSON object');
}

function digestsOf(descriptors: unknown): string[] {
  if (!Array.isArray(descriptors) || !descriptors.every(isObject))
    throw invalid('expected descriptors with a digest each');
  return descriptors.map(({ digest }) => blobDigest(digest));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): RegistryError {
  return new RegistryError(400, 'MANIFEST_INVALID', message);
}
