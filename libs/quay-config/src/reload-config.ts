import { isDeepStrictEqual } from 'node:util';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { ConfigKey } from './config-key.ts';
import { CONFIG_KEYS, type ConfigKeyName, type ConfigValues } from './config-keys.ts';
import type { ConfigReading } from './parse-quay-config.ts';
import { shapeConfig } from './shape-config.ts';

/** What a new reading of the configuration means for an app that is running. */
export type ReloadedConfig = {
  /** In force from now on: the new values of reloadable keys, the old ones of all others. */
  readonly reading: ConfigReading;
  /** Reloadable keys whose values are new. */
  readonly changed: readonly ConfigKeyName[];
  /** Keys of the app that differ from what it runs with, and are not reloadable. */
  readonly needRestart: readonly ConfigKeyName[];
};

/** Compares what is in force with a new reading, key by key. Pure; names keys and never their values. */
export function reloadConfig(app: AppName, inForce: ConfigReading, fresh: ConfigReading): ReloadedConfig {
  const keys = Object.entries(CONFIG_KEYS) as [ConfigKeyName, ConfigKey<unknown>][];
  const differing = keys.filter(
    ([name, { usedBy }]) =>
      (usedBy === 'all' || usedBy.includes(app)) &&
      !isDeepStrictEqual(inForce.values[name], fresh.values[name]),
  );
  const changed = namesOf(differing, true);
  const values: ConfigValues = {
    ...inForce.values,
    ...Object.fromEntries(changed.map((name) => [name, fresh.values[name]])),
  };
  // Where the old values came from stays true of them; no shape tells where a reloadable one came from.
  const config = shapeConfig(values, inForce.origin);
  return {
    reading: { config, text: fresh.text, values, origin: inForce.origin },
    changed,
    needRestart: namesOf(differing, false),
  };
}

function namesOf(keys: readonly [ConfigKeyName, ConfigKey<unknown>][], reloadable: boolean): ConfigKeyName[] {
  return keys.filter(([, key]) => (key.reloadable === true) === reloadable).map(([name]) => name);
}
