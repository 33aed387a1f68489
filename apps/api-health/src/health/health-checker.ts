import { ConfigError, type HealthSettings } from '@quay-observability/quay-config';

/** What `HEALTH_CHECKER` chooses (contract section 10). */
export type HealthChecker = {
  /** Services that the instance check leaves out altogether. */
  readonly instanceSkips: readonly string[];
  /** Parameters for asking RDS where the database is unhealthy; undefined for a checker that does not ask. */
  readonly rds: Readonly<Record<string, unknown>> | undefined;
};

const RDS_PARAMETERS = ['access_key', 'secret_key', 'db_instance', 'region'];
const SKIPS = 'instance_skips';
const DEFAULT_SKIPS = ['redis', 'storage'];

/** Parameters that each checker takes, as its constructor does in Python. */
const CHECKERS = new Map<string, readonly string[]>([
  ['LocalHealthCheck', [SKIPS]],
  ['RDSAwareHealthCheck', [...RDS_PARAMETERS, SKIPS]],
  ['ProductionHealthCheck', [...RDS_PARAMETERS, SKIPS]],
]);

/**
 * Reads the checker. What Python would answer every probe with a 500 for is told at the start.
 *
 * @throws ConfigError (`CONFIG_INVALID`)
 */
export function readHealthChecker({ name, parameters }: HealthSettings['checker']): HealthChecker {
  const known = CHECKERS.get(name);
  if (known === undefined) throw fault('', `expected one of ${[...CHECKERS.keys()].join(', ')}`);
  const unknown = Object.keys(parameters).find((parameter) => !known.includes(parameter));
  if (unknown !== undefined)
    throw fault(`[1].${unknown.slice(0, 64)}`, `expected one of ${known.join(', ')} for ${name}`);
  return {
    instanceSkips: readSkips(parameters[SKIPS]),
    rds: known.includes('db_instance') ? parameters : undefined,
  };
}

/** An empty list leaves nothing out. */
function readSkips(value: unknown): readonly string[] {
  if (value === undefined || value === null) return DEFAULT_SKIPS;
  if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value;
  throw fault(`[1].${SKIPS}`, 'expected a list of names of services');
}

function fault(path: string, problem: string): ConfigError {
  return new ConfigError([{ key: `HEALTH_CHECKER${path}`, source: 'the configuration', problem }]);
}
