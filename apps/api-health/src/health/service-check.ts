/** What a check found. Both texts are shown to operators only, and hold no secret. */
export type CheckResult =
  { healthy: true; message?: string | undefined } | { healthy: false; failure: string };

/** One entry of `data.services` (contract section 10). */
export type ServiceCheck = {
  /** As in `data.services`. */
  name: string;
  /**
   * Asks the service once, on connections of its own that are closed when it settles. A service that is
   * unhealthy is no error; once `signal` aborts nobody waits for the answer, and the check lets go of what it holds.
   */
  check: (signal: AbortSignal) => Promise<CheckResult>;
};
