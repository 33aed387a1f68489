import { CodedError } from '@quay-observability/coded-errors';

/** One fault of the configuration. `problem` says what was expected and never repeats the value: it may be a secret. */
export type ConfigFault = {
  /** The key, with the path inside it: `DB_READ_REPLICAS[0].DB_URI`. */
  readonly key: string;
  /** Where the value came from: a file's path or `environment variable NAME`. */
  readonly source: string;
  readonly problem: string;
};

/** Every fault of one reading at once; the code is `CONFIG_INVALID`. */
export class ConfigError extends CodedError {
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(({ key, source, problem }) => `  ${key} (${source}): ${problem}`);
    super('CONFIG_INVALID', `The configuration has ${faults.length} fault(s):\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Runs every reader and returns what they read, or throws one {@link ConfigError} with the faults of
 * all of them, so that an operator corrects everything in one go. Other errors pass as they are.
 */
export function readTogether<T extends readonly (() => unknown)[]>(
  ...readers: T
): { -readonly [K in keyof T]: ReturnType<T[K]> } {
  const faults: ConfigFault[] = [];
  const values = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return values as { -readonly [K in keyof T]: ReturnType<T[K]> };
}
