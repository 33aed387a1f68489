import type { ServedBy } from './start-exchange.ts';
import { upstreamsOf } from './upstreams-of.ts';

/** One line of `/readyz`. */
export type UpstreamCheck = {
  readonly name: string;
  readonly required: boolean;
  readonly check: () => Promise<void>;
};

/**
 * What makes a gateway unready (docs/decisions/readiness-of-the-gateway.md): the loss of its only upstream, or of
 * Python's. A rollback repairs the loss of the new runtime's, and has to find the gateway in service. `what` is the
 * kind of the upstreams.
 */
export function upstreamChecks(servedBy: ServedBy, what: string): UpstreamCheck[] {
  const upstreams = upstreamsOf(servedBy);
  const isOnly = upstreams.length === 1;
  return upstreams.map(({ owner, check }) => ({
    name: isOnly ? what : `${what} (${owner})`,
    required: isOnly || owner === 'python',
    check,
  }));
}
