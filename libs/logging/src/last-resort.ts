import { writeSync } from 'node:fs';
import { neverWaiting } from './never-waiting.ts';

let standardError: number | undefined;

/** Tells standard error what cannot be told in the log itself. Never throws, never waits for a reader. */
export function tellStandardError(text: string): void {
  try {
    standardError ??= neverWaiting(2);
    writeSync(standardError, `logging: ${text}\n`);
  } catch {
    // Nobody listens there either.
  }
}
