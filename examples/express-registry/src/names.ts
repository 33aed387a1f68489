import { RegistryError } from './registry-error.ts';

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;
const MAX_REPOSITORY_LENGTH = 255;

/** What Express reads from a path that begins with `/v2/*repository/`. */
export type InRepository<Name extends string = never> = Record<Name, string> & {
  readonly repository: readonly string[];
};

/** The name that the wildcard matched, segment by segment. */
export function repositoryName(segments: readonly string[]): string {
  const name = segments.join('/');
  if (name.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(name)) return name;
  throw new RegistryError(404, 'NAME_INVALID', 'not the name of a repository');
}

/** Only digests of this form become names of files. */
export function blobDigest(text: unknown): string {
  if (typeof text === 'string' && DIGEST.test(text)) return text;
  throw new RegistryError(400, 'DIGEST_INVALID', 'expected a digest of the form sha256:<64 hex digits>');
}

export function manifestReference(text: string): { readonly tag: string } | { readonly digest: string } {
  if (text.includes(':')) return { digest: blobDigest(text) };
  if (TAG.test(text)) return { tag: text };
  throw new RegistryError(400, 'TAG_INVALID', 'not a tag');
}
