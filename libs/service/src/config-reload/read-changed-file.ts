import { CodedError } from '@quay-observability/coded-errors';
import {
  findConfigFile,
  readConfigText,
  type ConfigReading,
  type Environment,
} from '@quay-observability/quay-config';
import { readSmallFile } from '../owner-switches/read-small-file.ts';
import { hasEnd, settled } from '../owner-switches/settled-file.ts';

/** Lists of namespaces can be long; more than this is no configuration. */
const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** Reads the configuration file anew, each time by its path: a replaced file or a turned link is seen. */
export type ChangedFileReader = {
  /**
   * The reading of a file that differs from the one read last, or of any file if `always`; undefined if it is the
   * same, or if there never was one. What was refused is read again only if it differs.
   *
   * @throws CodedError `CONFIG_UNREADABLE` (missing, no UTF-8, no YAML, empty, cut off) or `CONFIG_INVALID`.
   */
  read(options: { always: boolean; signal: AbortSignal }): Promise<ConfigReading | undefined>;
};

/** `started` is the reading that the process began with. */
export function createChangedFileReader(env: Environment, started: ConfigReading): ChangedFileReader {
  let last: { path: string | undefined; bytes: Buffer } | undefined = {
    path: started.config.source,
    bytes: Buffer.from(started.text),
  };
  let isMarked = hasEnd(last.bytes);
  const findFile = (): string | undefined => {
    const path = findConfigFile(env);
    if (path === undefined && started.config.source !== undefined)
      throw unreadable(`The configuration file ${started.config.source} is missing`);
    return path;
  };
  const check = (bytes: Buffer, path: string): ConfigReading => {
    const reading = readConfigText(decode(bytes, path), { source: path, env });
    if (hasEnd(bytes)) isMarked = true;
    else if (isMarked)
      throw unreadable(`${path} ends without "...", which it had before: it has been cut off`);
    return reading;
  };
  return {
    read: async ({ always, signal }) => {
      let found: { path: string; bytes: Buffer };
      try {
        const path = findFile();
        if (path === undefined) return undefined;
        const isNew = (bytes: Buffer) => always || last?.path !== path || !last.bytes.equals(bytes);
        const { bytes, isWanted } = await readWhole(path, isNew, signal);
        if (!isWanted) return undefined;
        found = { path, bytes };
      } catch (error) {
        // Once it is back it counts as new, even if nothing in it has changed.
        last = undefined;
        throw error;
      }
      last = found;
      return check(found.bytes, found.path);
    },
  };
}

/** A file that is to be read has to stay the same for a moment if it has just been written to. */
async function readWhole(
  path: string,
  isNew: (bytes: Buffer) => boolean,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; isWanted: boolean }> {
  try {
    const first = await readSmallFile(path, MAX_CONFIG_BYTES);
    if (!isNew(first.bytes)) return { bytes: first.bytes, isWanted: false };
    const { bytes } = await settled(path, first, { signal, maxBytes: MAX_CONFIG_BYTES });
    return { bytes, isWanted: isNew(bytes) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw unreadable(error.message);
  }
}

function decode(bytes: Buffer, path: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(`${path} is not UTF-8`);
  }
  // Truncated to nothing it would read as "all keys have their defaults".
  if (text.split('\n').every((line) => /^\s*(?:#.*|---|\.\.\.)?\s*$/.test(line)))
    throw unreadable(`${path} is empty`);
  return text;
}

function unreadable(message: string): CodedError {
  return new CodedError('CONFIG_UNREADABLE', message);
}
