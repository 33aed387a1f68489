import { setTimeout as pause } from 'node:timers/promises';
import type { Queries } from '@quay-observability/database';
import { rowsOf, type SqlValue } from '../../src/steps/run-sql.ts';
import { fileOf } from './compare-registries.ts';
import { digestOf, timestamp } from './random-registry.ts';
import type { GcBench } from './start-gc.ts';

/** What has been made, by the program whose work it is; `living` is nobody's. */
export type Made = { tags: number; repositories: number; namespaces: number; living: number };

/** Users who push, delete tags, repositories and namespaces without a pause. */
export type GarbageLoad = {
  readonly made: Made;
  /** Files of what is living. */
  readonly kept: string[];
  start(): void;
  stop(): Promise<void>;
};

const MARKED_FOR_DELETION = 3;
const PAUSE_MS = 60;

/** In a database that has one repository of one namespace. */
export function createGarbageLoad(gc: GcBench): GarbageLoad {
  const made: Made = { tags: 0, repositories: 0, namespaces: 0, living: 0 };
  const kept: string[] = [];
  let number = 0;
  let stopping = new AbortController();
  let ended = Promise.resolve();

  const once = async (): Promise<void> => {
    number += 1;
    const name = `load ${number}`;
    const work = number % 4;
    await gc.database.transaction(async (queries) => {
      if (work === 0) await markedNamespace(queries, name);
      else if (work === 1) await content(queries, await markedRepository(queries, name), name, undefined);
      else await content(queries, 1, name, work === 2 ? 'dead' : 'living');
    });
    made[(['namespaces', 'repositories', 'tags', 'living'] as const)[work]!] += 1;
  };

  /** A manifest with a blob and its file. */
  const content = async (
    queries: Queries,
    repository: number,
    name: string,
    tag: 'dead' | 'living' | undefined,
  ): Promise<void> => {
    const row = { uuid: name.replace(' ', '-'), cas_path: true, content_checksum: digestOf(name) };
    const file = fileOf({ id: 0, ...row }, 1);
    gc.files.write(file);
    if (tag === 'living') kept.push(file);
    const blob = await insert(queries, 'imagestorage', { ...row, image_size: 10, uploading: false });
    await insert(queries, 'imagestorageplacement', { storage_id: blob, location_id: 1 });
    const manifest = await insert(queries, 'manifest', {
      ...{ repository_id: repository, digest: digestOf(`manifest ${name}`), media_type_id: 1 },
      ...{ manifest_bytes: '{}', layers_compressed_size: 1 },
      ...{ subject_backfilled: true, artifact_type_backfilled: true },
    });
    await insert(queries, 'manifestblob', {
      ...{ repository_id: repository, manifest_id: manifest, blob_id: blob },
    });
    if (tag === undefined) return;
    const endMs = tag === 'dead' ? Date.now() - 60_000 : null;
    await insert(queries, 'tag', {
      ...{ name, repository_id: repository, manifest_id: manifest, tag_kind_id: 1 },
      ...{ lifetime_start_ms: Date.now() - 120_000, lifetime_end_ms: endMs },
      ...{ immutable: false, hidden: false, reversion: false },
    });
  };

  return {
    made,
    kept,
    start: () => {
      stopping = new AbortController();
      const { signal } = stopping;
      const go = async () => {
        for (; !signal.aborted; await pause(PAUSE_MS)) await once();
      };
      ended = go();
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function markedRepository(queries: Queries, name: string): Promise<number> {
  const id = await insert(queries, 'repository', {
    ...{ namespace_user_id: 1, name, visibility_id: 1, badge_token: '', kind_id: 1 },
    ...{ trust_enabled: false, state: MARKED_FOR_DELETION },
  });
  const marker = await insert(queries, 'deletedrepository', {
    ...{ repository_id: id, marked: timestamp(Date.now()), original_name: name },
  });
  await queue(queries, `repositorygc/some/${id}/`, marker);
  return id;
}

async function markedNamespace(queries: Queries, name: string): Promise<void> {
  const id = await insert(queries, 'user', {
    ...{ username: name, email: name, verified: true, organization: true, robot: false },
    ...{ invoice_email: false, invalid_login_attempts: 0, last_invalid_login: timestamp(Date.now()) },
    ...{ removed_tag_expiration_s: 0, enabled: false },
  });
  const marker = await insert(queries, 'deletednamespace', {
    ...{ namespace_id: id, marked: timestamp(Date.now()) },
    ...{ original_username: `was ${name}`, original_email: name },
  });
  await queue(queries, `namespacegc/${id}/`, marker);
}

async function queue(queries: Queries, name: string, marker: number): Promise<void> {
  await insert(queries, 'queueitem', {
    ...{ queue_name: name, body: JSON.stringify({ marker_id: marker }), retries_remaining: 5 },
    ...{ available_after: timestamp(Date.now() - 1000), available: true, state_id: name },
  });
}

async function insert(
  queries: Queries,
  table: string,
  values: Readonly<Record<string, SqlValue>>,
): Promise<number> {
  const columns = Object.keys(values);
  const [row] = await rowsOf<{ id: number }>(
    queries,
    `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`,
    Object.values(values),
  );
  return row!.id;
}
