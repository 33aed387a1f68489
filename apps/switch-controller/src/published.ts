import { createHash } from 'node:crypto';
import { CodedError } from '@quay-observability/coded-errors';
import { parseSnapshot, snapshotToJson, type Snapshot } from '@quay-observability/owner-switch';

/** A snapshot as it is published: its bytes are the same from every replica. */
export type Published = {
  readonly snapshot: Snapshot;
  /** JSON. */
  readonly text: string;
  /** `<version>-<8 hex digits of the SHA-256 of the text>`: the ETag without its quotes. */
  readonly tag: string;
  /** What an operator should look at although it can be used. */
  readonly warnings: readonly string[];
  /** Unix milliseconds from which propagation is measured. */
  readonly publishedAtMs: number;
};

/** What a process takes at most. */
export const MAX_PUBLISHED_BYTES = 1024 * 1024;

/**
 * Puts a snapshot into the form in which it is published. `warnings` are those that its source had beyond the
 * snapshot's own, if it had any.
 *
 * @throws SnapshotError (`SNAPSHOT_INVALID`) for one that could not be read back
 */
export function publishedOf(snapshot: Snapshot, warnings?: readonly string[]): Published {
  const json = snapshotToJson(snapshot);
  // Whoever publishes it must show the same warnings as those who read it.
  return published(snapshot, JSON.stringify(json), warnings ?? parseSnapshot(json).warnings);
}

/** Whether a snapshot is published in more bytes than a process takes. One that is far too large is not written out. */
export function isTooLarge(snapshot: Snapshot): boolean {
  let characters = 0;
  for (const { orgs, repos, users } of [snapshot.canaries.general, ...snapshot.canaries.bySwitch.values()]) {
    for (const name of [orgs, repos, users].flat()) characters += name.length;
    if (characters > MAX_PUBLISHED_BYTES) return true;
  }
  return Buffer.byteLength(JSON.stringify(snapshotToJson(snapshot))) > MAX_PUBLISHED_BYTES;
}

/**
 * Reads back the text of a published snapshot.
 *
 * @throws CodedError `SNAPSHOT_INVALID`
 */
export function parsePublished(text: string): Published {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CodedError('SNAPSHOT_INVALID', 'The snapshot of the owner switches is no JSON', {
      cause: error,
    });
  }
  const { snapshot, warnings } = parseSnapshot(value);
  return published(snapshot, text, warnings);
}

function published(snapshot: Snapshot, text: string, warnings: readonly string[]): Published {
  const tag = `${snapshot.version}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  return { snapshot, text, tag, warnings, publishedAtMs: Date.parse(snapshot.updatedAt) };
}
