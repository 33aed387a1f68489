import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';

/** Most causes that are told apart until the next recovery. */
const MAX_CAUSES = 50;

/** A snapshot can have thousands of faults; nobody reads more of them in one line. */
const MAX_CAUSE_CHARACTERS = 2000;

/** Logs each distinct cause of a trouble once, and its end once. */
export type ProblemLog = {
  /** The trouble goes on, or begins. */
  failed(error: unknown): void;
  recovered(): void;
  /** What the last failure said; undefined while all is well. */
  cause(): string | undefined;
};

/** `trouble` and `recovery` are whole sentences; the cause follows the first of them. */
export function createProblemLog(log: Logger, trouble: string, recovery: string): ProblemLog {
  const told = new Set<string>();
  let cause: string | undefined;
  return {
    failed: (error) => {
      const code = error instanceof CodedError ? error.code : undefined;
      cause = (error instanceof Error ? error.message : String(error)).slice(0, MAX_CAUSE_CHARACTERS);
      const key = `${code} ${cause}`;
      if (told.has(key) || told.size >= MAX_CAUSES) return;
      told.add(key);
      // A coded error says all an operator needs.
      log.warning(`${trouble} ${cause}`, code === undefined ? { error } : { code });
    },
    recovered: () => {
      if (cause === undefined) return;
      cause = undefined;
      told.clear();
      log.info(recovery);
    },
    cause: () => cause,
  };
}
