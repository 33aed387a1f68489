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

/** Puts a snapshot into the form in which it is published. */
export function publishedOf(snapshot: Snapshot, warnings: readonly string[] = []): Published {
  return published(snapshot, JSON.stringify(snapshotToJson(snapshot)), warnings);
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
