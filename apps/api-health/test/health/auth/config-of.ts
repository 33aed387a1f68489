import { parseQuayConfig, type QuayConfig } from '@quay-observability/quay-config';

/** A configuration with these keys alone. */
export function configOf(keys: Readonly<Record<string, unknown>>): QuayConfig {
  return parseQuayConfig(JSON.stringify(keys), { source: 'config.yaml', env: {} });
}
