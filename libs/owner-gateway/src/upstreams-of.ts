import type { OwnerUpstream } from './owner-upstream.ts';
import type { ServedBy } from './start-exchange.ts';

/** The upstreams there are, Python's first. */
export function upstreamsOf(servedBy: ServedBy): readonly [OwnerUpstream, ...OwnerUpstream[]] {
  return 'only' in servedBy ? [servedBy.only] : [servedBy.python, servedBy.go];
}
