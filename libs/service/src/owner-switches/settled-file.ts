import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@quay-observability/coded-errors';
import { readSmallFile, type SmallFile } from './read-small-file.ts';

/** A file written to as recently as this may be half written: it has to stay the same for a while. */
const RECENT_MS = 2000;
const SETTLE_MS = 250;
const SETTLE_ATTEMPTS = 4;

/** Half a YAML file is often YAML, too: one that has just been written to is read until it stays the same. */
export async function settled(
  path: string,
  first: SmallFile,
  { signal, maxBytes }: { readonly signal: AbortSignal; readonly maxBytes?: number },
): Promise<SmallFile> {
  let file = first;
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt += 1) {
    if (Math.abs(Date.now() - file.modifiedAtMs) > RECENT_MS) return file;
    await sleep(SETTLE_MS, undefined, { signal });
    const again = await readSmallFile(path, maxBytes);
    if (again.bytes.equals(file.bytes)) return again;
    file = again;
  }
  throw new CodedError('SNAPSHOT_INVALID', `${path} is being written to all the time: replace it atomically`);
}

/**
 * Whether a file shows that it is whole: YAML by its end mark, JSON by its last brace. Without either, YAML that was cut
 * at the end of a line reads as a snapshot with fewer switches.
 */
export function hasEnd(bytes: Buffer): boolean {
  const text = bytes.toString('utf8').trim();
  return text.startsWith('{') || /(?:^|\n)\.\.\.$/.test(text);
}
