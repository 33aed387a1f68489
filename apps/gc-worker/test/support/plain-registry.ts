import { digestOf, NOW_MS, timestamp, type Maker } from './random-registry.ts';
import { fileOf } from './compare-registries.ts';
import { createRegistry, type Row } from './registry-rows.ts';

/** The id of a repository's manifests, each with one tag that is dead for an hour. */
export type PlainRegistry = Maker & { readonly repositories: readonly Row[] };

export type PlainOptions = {
  readonly repositories?: number;
  /** Per repository; each has two blobs of its own and one that all of its number share. */
  readonly manifests?: number;
};

/** A registry in which everything is garbage: a namespace without a window, and dead tags only. */
export function plainRegistry({ repositories = 1, manifests = 60 }: PlainOptions = {}): PlainRegistry {
  const maker = createRegistry();
  const namespace = maker.add('user', {
    ...{ uuid: 'acme', username: 'acme', email: 'acme', verified: true, organization: true, robot: false },
    ...{ invoice_email: false, invalid_login_attempts: 0, last_invalid_login: timestamp(NOW_MS) },
    ...{ removed_tag_expiration_s: 0, enabled: true },
  });
  const shared = Array.from({ length: manifests }, (_, number) => addBlob(maker, `shared ${number}`));
  const rows = Array.from({ length: repositories }, (_, index) => {
    const repository = maker.add('repository', {
      ...{ namespace_user_id: namespace.id, name: `app${index}`, visibility_id: 1, description: null },
      ...{ badge_token: '', kind_id: 1, trust_enabled: false, state: 0 },
    });
    for (let number = 0; number < manifests; number += 1) {
      const manifest = addManifest(maker, repository, `${index} ${number}`);
      const blobs = [1, 2].map((each) => addBlob(maker, `${index} ${number} ${each}`));
      for (const blob of [...blobs, shared[number]!])
        maker.add('manifestblob', {
          repository_id: repository.id,
          manifest_id: manifest.id,
          blob_id: blob.id,
        });
      addDeadTag(maker, repository, manifest, `tag${number}`);
    }
    return repository;
  });
  return { ...maker, repositories: rows };
}

export function addManifest(maker: Maker, repository: Row, name: string, subject: Row | null = null): Row {
  return maker.add('manifest', {
    ...{ repository_id: repository.id, digest: digestOf(`manifest ${name}`), media_type_id: 1 },
    ...{ manifest_bytes: '{}', config_media_type: null, layers_compressed_size: 1 },
    ...{ subject: subject?.digest ?? null, subject_backfilled: true, artifact_type: null },
    artifact_type_backfilled: true,
  });
}

export function addDeadTag(maker: Maker, repository: Row, manifest: Row, name: string): Row {
  return maker.add('tag', {
    ...{ name, repository_id: repository.id, manifest_id: manifest.id },
    ...{ lifetime_start_ms: NOW_MS - 7200_000, lifetime_end_ms: NOW_MS - 3600_000, immutable: false },
    ...{ hidden: false, reversion: false, tag_kind_id: 1, linked_tag_id: null },
  });
}

export function addBlob(maker: Maker, name: string): Row {
  const blob = maker.add('imagestorage', {
    ...{ uuid: digestOf(name).slice(7, 39), image_size: 10, uncompressed_size: null, uploading: false },
    ...{ cas_path: true, content_checksum: digestOf(`blob ${name}`) },
  });
  maker.add('imagestorageplacement', { storage_id: blob.id, location_id: 1 });
  maker.files.add(fileOf(blob, 1));
  return blob;
}
