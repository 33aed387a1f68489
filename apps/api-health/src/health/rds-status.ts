import { connectRds } from '@quay-observability/aws-rds';
import { ConfigError } from '@quay-observability/quay-config';
import type { RdsStatus } from './rds-aware.ts';

export type RdsContext = {
  /** `HEALTH_RDS_ENDPOINT_URL`: another endpoint than AWS's own. */
  readonly endpoint?: string | undefined;
  /** Told why there is no status, without secrets. */
  readonly onFailure?: (why: string) => void;
};

const DEFAULT_INSTANCE = 'quay';
const DEFAULT_REGION = 'us-east-1';

/**
 * Asks RDS by the parameters of `HEALTH_CHECKER`: `access_key` and `secret_key` (without them what the machine provides),
 * `db_instance` (quay), `region` (us-east-1), as Quay's `RDSAwareHealthCheck`. Without an answer within 2 s the status is `error`.
 *
 * @throws ConfigError that names a parameter that is no string, without its value.
 */
export function createRdsStatus(
  parameters: Readonly<Record<string, unknown>>,
  context: RdsContext = {},
): RdsStatus {
  const accessKeyId = readText(parameters, 'access_key');
  const secretAccessKey = readText(parameters, 'secret_key');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw fault('access_key', 'expected both access_key and secret_key, or none of them');
  const rds = connectRds({
    instance: readText(parameters, 'db_instance') ?? DEFAULT_INSTANCE,
    region: readText(parameters, 'region') ?? DEFAULT_REGION,
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { keys: { accessKeyId, secretAccessKey } }),
    ...context,
  });
  return () => rds.status();
}

function readText(parameters: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw fault(name, 'expected a string');
  return value;
}

function fault(name: string, problem: string): ConfigError {
  return new ConfigError([{ key: `HEALTH_CHECKER[1].${name}`, source: 'the configuration', problem }]);
}
