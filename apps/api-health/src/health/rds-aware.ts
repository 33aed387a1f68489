import type { CheckResult } from './service-check.ts';
import type { VerdictOptions } from './verdict.ts';

/** Asks RDS how the database instance is: `available`, another state of RDS, or `error`. */
export type RdsStatus = () => Promise<string>;

const TIMEOUT_MS = 2000;
/** AWS limits how often it may be asked, and it is asked by every instance that misses its database. */
const SHARE_MS = 10_000;

/**
 * What a verdict has to leave out because RDS is to blame: an instance that cannot help it stays in service (contract
 * section 10; docs/decisions/health-asks-rds.md tells where Python's code does otherwise).
 */
export async function leaveOutDatabase(
  results: ReadonlyMap<string, CheckResult>,
  rdsStatus: RdsStatus,
): Promise<VerdictOptions> {
  if (results.get('database')?.healthy !== false) return {};
  const status = await rdsStatus();
  const notes = [`DB reports unhealthy; RDS status: ${status}`];
  return status === 'available' ? { notes } : { notes, leftOut: ['database'] };
}

/** Asks at most once at a time and once in ten seconds; without an answer in time the state is `error`. */
export function shareRdsStatus(ask: RdsStatus): RdsStatus {
  let latest: { readonly status: Promise<string>; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (latest === undefined || now - latest.at >= SHARE_MS) latest = { status: withinTime(ask()), at: now };
    return latest.status;
  };
}

async function withinTime(asked: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS, 'error');
  });
  try {
    return await Promise.race([asked.catch(() => 'error'), late]);
  } finally {
    clearTimeout(timer);
  }
}
