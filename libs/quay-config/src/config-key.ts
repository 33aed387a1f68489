import type { z } from 'zod';
import type { AppName } from '@quay-observability/metric-catalogue';

/** One key of Quay's configuration that this project reads: its documentation and its check. */
export type ConfigKey<T> = {
  /** For the documentation: `boolean`, `mapping`. */
  readonly kind: string;
  /** What an absent, null or empty key means. */
  readonly fallback: T;
  /** For the documentation, if the fallback itself does not read well. */
  readonly fallbackText?: string;
  readonly help: string;
  readonly usedBy: 'all' | readonly AppName[];
  /** The section of the contract that names it. */
  readonly section: number;
  /** How its environment variable is written: as it is, or as YAML (JSON included). */
  readonly variable: 'text' | 'yaml';
  readonly secret?: boolean;
  /** The order of its mappings matters: the schema gets them as `Map`. */
  readonly ordered?: true;
  /** Takes effect when the file changes; the others wait for a restart. */
  readonly reloadable?: true;
  readonly schema: z.ZodType<T>;
  /** Something to log about a value that is accepted all the same. */
  readonly warning?: (raw: unknown) => string | undefined;
};

/** Infers the type of the value from the schema. */
export function configKey<T>(key: ConfigKey<T>): ConfigKey<T> {
  return key;
}

/** The values of a record of keys. */
export type ValuesOf<K> = { readonly [N in keyof K]: K[N] extends ConfigKey<infer T> ? T : never };
