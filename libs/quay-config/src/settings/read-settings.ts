import { ConfigError, type ConfigFault } from '../config-error.ts';
import type { Setting } from './setting.ts';

/** `process.env`, or what a test puts in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of a record of settings: `{ port: Setting<number> }` -> `{ port: number }`. */
export type SettingsOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/**
 * Reads every setting from the environment. An empty variable counts as absent, because compose files
 * and charts write optional ones that way.
 *
 * @throws ConfigError (`CONFIG_INVALID`) with all faults at once.
 */
export function readSettings<const S extends Readonly<Record<string, Setting<unknown>>>>(
  env: Environment,
  settings: S,
): SettingsOf<S> {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [field, setting] of Object.entries(settings)) {
    const text = env[setting.name];
    const reading =
      text !== undefined && text.trim() !== ''
        ? setting.read(text)
        : (setting.absent ?? { problem: 'is required and not set' });
    if ('value' in reading) values[field] = reading.value;
    else
      faults.push({
        key: setting.name,
        source: `environment variable ${setting.name}`,
        problem: reading.problem,
      });
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return values as SettingsOf<S>;
}
