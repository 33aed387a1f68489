import type { HttpProblem } from '@quay-observability/service';

/** The label `outcome` of `quay_switch_changes_total` for a change that was not made. */
export type RefusedOutcome = 'conflict' | 'invalid' | 'unauthorized' | 'unavailable';

/** By the status of the answer; what no client can mend is `unavailable`. */
export function outcomeOfProblem({ status }: Pick<HttpProblem, 'status'>): RefusedOutcome {
  switch (status) {
    case 401:
    case 403:
    case 429:
      return 'unauthorized';
    case 409:
      return 'conflict';
    case 400:
    case 413:
    case 415:
    case 428:
      return 'invalid';
    default:
      return 'unavailable';
  }
}
