import { CodedError } from '@quay-observability/coded-errors';
import { readYaml } from '@quay-observability/quay-config';
import { parseSnapshot, type ParsedSnapshot } from '@quay-observability/owner-switch';
import type { SwitchSource } from './owner-switches.ts';
import { readSmallFile } from './read-small-file.ts';
import { hasEnd, settled } from './settled-file.ts';

/** The section of Quay's `config.yaml` that holds the switches. */
const SECTION = 'MIGRATION_SWITCHES';

/**
 * The switches of a file: YAML or JSON of its own, or a section of Quay's `config.yaml`. The path is opened anew for
 * each poll, so that a file that was replaced, or a symbolic link that was turned, is seen.
 */
export function createFileSource(path: string): SwitchSource {
  let last: { bytes: Buffer; outcome: () => ParsedSnapshot } | undefined;
  let isMarked = false;
  const parse = (bytes: Buffer): ParsedSnapshot => {
    const parsed = parseSwitchFile(bytes, path);
    if (hasEnd(bytes)) isMarked = true;
    else if (isMarked) throw invalid(`${path} ends without "...", which it had before: it has been cut off`);
    return parsed;
  };
  return {
    name: `file ${path}`,
    poll: async ({ inForce, signal }) => {
      let file = await readSmallFile(path);
      if (last?.bytes.equals(file.bytes) === true) {
        // What was refused before is refused again.
        return inForce.phase === 'fresh' ? 'unchanged' : last.outcome();
      }
      file = await settled(path, file, { signal });
      last = { bytes: file.bytes, outcome: outcomeOf(() => parse(file.bytes)) };
      return last.outcome();
    },
  };
}

/** Runs a function once and gives its result, or throws its error, each time it is asked. */
function outcomeOf<T>(parse: () => T): () => T {
  try {
    const value = parse();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * Reads the content of a switch file.
 *
 * @throws CodedError `SNAPSHOT_INVALID` that names the file and the fault, and never repeats the file's text: it may
 * be Quay's configuration, with its secrets.
 */
export function parseSwitchFile(bytes: Uint8Array, path: string): ParsedSnapshot {
  const text = decode(bytes, path);
  const { value, refuseDuplicateKeys } = readable(() => readYaml(text, path));
  if (value === null || value === undefined) throw invalid(`${path} is empty`);
  if (typeof value === 'object') {
    const has = (key: string) => Object.hasOwn(value, key);
    const section = has(SECTION) ? SECTION : undefined;
    if (section !== undefined || has('version') || has('owners')) {
      // The last of two owners would win, and nobody would know. Quay's other keys are Quay's affair.
      readable(() => refuseDuplicateKeys(section));
      return parseSnapshot(section === undefined ? value : (value as Record<string, unknown>)[section]);
    }
  }
  throw invalid(`${path} has neither version and owners nor a section ${SECTION}`);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(`${path} is not UTF-8`);
  }
}

/** What the configuration's reader refuses is no snapshot. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'The file is not YAML');
  }
}

function invalid(message: string): CodedError {
  return new CodedError('SNAPSHOT_INVALID', message);
}
