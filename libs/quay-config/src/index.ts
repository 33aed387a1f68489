export { ConfigError, readTogether } from './config-error.ts';
export type { ConfigFault } from './config-error.ts';
export type {
  AuthenticationSettings,
  DatabaseServerSettings,
  DatabaseSettings,
  GarbageCollectionSettings,
  HealthSettings,
  PullStatisticsSettings,
  QuayConfig,
  RedisSettings,
  RedisTlsSettings,
  StorageLocation,
  StorageSettings,
  TracingSettings,
} from './quay-config.ts';
export type { ConfigKeyName } from './config-keys.ts';
export { parseQuayConfig, readConfigText } from './parse-quay-config.ts';
export type { ConfigReading } from './parse-quay-config.ts';
export { readYaml } from './parse-yaml.ts';
export type { YamlContent } from './parse-yaml.ts';
export { findConfigFile, readConfig, readQuayConfig } from './read-quay-config.ts';
export { reloadConfig } from './reload-config.ts';
export type { ReloadedConfig } from './reload-config.ts';
export { readSettings } from './settings/read-settings.ts';
export type { Environment, SettingsOf } from './settings/read-settings.ts';
export {
  booleanSetting,
  choiceSetting,
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  urlSetting,
} from './settings/setting.ts';
export type { Reading, Setting } from './settings/setting.ts';
export { renderConfigurationTable } from './render-configuration-table.ts';
export { renderSettingsTable } from './settings/render-settings-table.ts';
