import type { ValuesOf } from './config-key.ts';
import { authenticationKeys } from './keys/authentication-keys.ts';
import { databaseKeys } from './keys/database-keys.ts';
import { healthKeys } from './keys/health-keys.ts';
import { metricsKeys } from './keys/metrics-keys.ts';
import { redisKeys } from './keys/redis-keys.ts';
import { workerKeys } from './keys/worker-keys.ts';

/** Every key of Quay's configuration that this project reads, in the order of the documentation. */
export const CONFIG_KEYS = {
  ...databaseKeys,
  ...redisKeys,
  ...metricsKeys,
  ...workerKeys,
  ...healthKeys,
  ...authenticationKeys,
};

export type ConfigKeyName = keyof typeof CONFIG_KEYS;
export type ConfigValues = ValuesOf<typeof CONFIG_KEYS>;
