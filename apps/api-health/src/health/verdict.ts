import type { CheckResult } from './service-check.ts';

/** One entry of `services_expanded`. */
export type ExpandedStatus = { status: boolean; failure?: string; message?: string };

/** What the results of several checks mean together (contract section 10). */
export type Verdict = {
  readonly healthy: boolean;
  readonly services: Readonly<Record<string, boolean>>;
  readonly expanded: Readonly<Record<string, ExpandedStatus>>;
  readonly notes: readonly string[];
};

export type VerdictOptions = {
  /** Services that are shown and do not count. */
  readonly leftOut?: readonly string[];
  readonly notes?: readonly string[];
};

/** Healthy if every service is that counts. */
export function judge(
  results: ReadonlyMap<string, CheckResult>,
  { leftOut = [], notes = [] }: VerdictOptions = {},
): Verdict {
  const services: Record<string, boolean> = {};
  const expanded: Record<string, ExpandedStatus> = {};
  const allNotes = [...notes];
  let healthy = true;
  for (const [name, result] of results) {
    services[name] = result.healthy;
    expanded[name] = expand(result);
    if (leftOut.includes(name)) allNotes.push(`${name} skipped in compute health`);
    else healthy &&= result.healthy;
  }
  return { healthy, services, expanded, notes: allNotes };
}

/** A healthy service with nothing to say has no message, not an empty one. */
function expand(result: CheckResult): ExpandedStatus {
  if (!result.healthy) return { status: false, failure: result.failure };
  const { message } = result;
  return message === undefined || message === '' ? { status: true } : { status: true, message };
}
