import { createHash } from 'node:crypto';

export type Manifest = { readonly digest: string; readonly mediaType: string; readonly bytes: Buffer };

type Repository = { readonly manifests: Map<string, Manifest>; readonly tags: Map<string, string> };

/** Manifests and tags, in memory. */
export type ManifestStore = {
  find(repository: string, reference: string): Manifest | undefined;
  put(repository: string, manifest: Manifest, tag: string | undefined): void;
  /** Undefined for a repository that there is not. */
  tags(repository: string): string[] | undefined;
  repositories(): string[];
};

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function createManifestStore(): ManifestStore {
  const repositories = new Map<string, Repository>();
  return {
    find: (name, reference) => {
      const repository = repositories.get(name);
      return repository?.manifests.get(repository.tags.get(reference) ?? reference);
    },
    put: (name, manifest, tag) => {
      const repository = repositories.get(name) ?? { manifests: new Map(), tags: new Map() };
      repositories.set(name, repository);
      repository.manifests.set(manifest.digest, manifest);
      if (tag !== undefined) repository.tags.set(tag, manifest.digest);
    },
    tags: (name) => {
      const repository = repositories.get(name);
      return repository === undefined ? undefined : [...repository.tags.keys()].sort();
    },
    repositories: () => [...repositories.keys()].sort(),
  };
}
