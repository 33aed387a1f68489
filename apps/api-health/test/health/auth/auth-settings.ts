import { parseQuayConfig, type AuthenticationSettings } from '@quay-observability/quay-config';

/** What a configuration with these keys says about authentication. */
export function authSettings(keys: Readonly<Record<string, unknown>>): {
  authenticationType: string;
  authentication: AuthenticationSettings;
} {
  return parseQuayConfig(JSON.stringify(keys), { source: 'config.yaml', env: {} }).health;
}
