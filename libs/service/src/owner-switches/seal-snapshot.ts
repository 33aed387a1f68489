import { hash } from 'node:crypto';
import { parseSnapshot, snapshotToJson, type Snapshot } from '@quay-observability/owner-switch';

const FORMAT = 'quay-observability owner switches 1';

/**
 * A snapshot as it is kept on disk, in two lines: what it is, with a SHA-256 of the source's name and the second
 * line, and the snapshot as JSON.
 */
export function sealSnapshot(source: string, snapshot: Snapshot): string {
  const body = JSON.stringify(snapshotToJson(snapshot));
  return `${JSON.stringify({ format: FORMAT, source, sha256: checksum(source, body) })}\n${body}\n`;
}

/** Reads back what {@link sealSnapshot} made for the same source. Throws an Error that says why it cannot be used. */
export function unsealSnapshot(source: string, text: string): Snapshot {
  const [head = '', body = ''] = text.split('\n', 2);
  const header = parseJson(head) as { format?: unknown; source?: unknown; sha256?: unknown } | null;
  if (header?.format !== FORMAT) throw new Error('it is damaged, or of another version');
  if (header.source !== source) throw new Error(`it comes from another source than ${source}`);
  if (header.sha256 !== checksum(source, body)) throw new Error('it is damaged: its checksum is wrong');
  return parseSnapshot(parseJson(body)).snapshot;
}

function checksum(source: string, body: string): string {
  return hash('sha256', `${source}\n${body}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
