/** Turns the outcomes of a check's runs, in order, into what is said of it. */
export type Verdict = {
  /** `failure` says what is wrong; undefined if the run passed. */
  judge(failure: string | undefined): { ok: boolean; message: string };
};

/**
 * A check turns bad with the `threshold`th failure in a row, and good with the first run that passes. One that has
 * never passed fails at once: there is no good state to stay in.
 */
export function createVerdict(threshold: number): Verdict {
  let hasPassed = false;
  let failures = 0;
  return {
    judge: (failure) => {
      if (failure === undefined) {
        hasPassed = true;
        failures = 0;
        return { ok: true, message: 'ok' };
      }
      failures += 1;
      if (!hasPassed || failures >= threshold) return { ok: false, message: failure };
      return { ok: true, message: `failed ${failures} of ${threshold} times: ${failure}` };
    },
  };
}
