import { ReplyError } from 'ioredis';

/**
 * What is known of a command that failed. `unsent`: Redis never got it. `answered`: Redis refused it; a script may
 * have done a part of its work. `unknown`: it was sent, and no answer came.
 */
export type CommandFate = 'unsent' | 'answered' | 'unknown';

const unsent = new WeakSet<Error>();

/** Marks the error of a command that was not sent. */
export function markUnsent<E extends Error>(error: E): E {
  unsent.add(error);
  return error;
}

/** What the error of a command says about whether it took effect. */
export function commandFate(error: unknown): CommandFate {
  if (error instanceof ReplyError) return 'answered';
  return error instanceof Error && unsent.has(error) ? 'unsent' : 'unknown';
}
