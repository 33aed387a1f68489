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
 * Python's. A rollback repairs the loss of the new runtime's, and has to find the gateway in service.
 */
export function upstreamChecks(servedBy: ServedBy): UpstreamCheck[] {
  const upstreams = upstreamsOf(servedBy);
  const isOnly = upstreams.length === 1;
  return upstreams.map(({ owner, kind, check }) => ({
    name: isOnly ? kind : `${kind} (${owner})`,
    required: isOnly || owner === 'python',
    check,
  }));
}
