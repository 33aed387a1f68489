import { checkResponseFraming } from '../src/check-response.ts';
import { endToEnd, type Verdict } from './verdict.ts';

/** What a client learns about an upstream's answer: all of it, that it is not whole, or that it was no answer. */
export type Outcome =
  | { kind: 'answer'; status: number; headers: string[]; body: string }
  /** The head may be lost with the rest. */
  | { kind: 'broken'; head: string | undefined; body: string }
  | { kind: 'refused' };

const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What the client of a gateway should see of an answer that a direct client judges so. */
export function expected(direct: Verdict): Outcome {
  if (direct.kind === 'nothing') return { kind: 'refused' };
  const { status, rawHeaders } = direct;
  if (status < 200 || checkResponseFraming(rawHeaders) !== undefined) return { kind: 'refused' };
  if (!rawHeaders.every((text) => SENDABLE.test(text))) return { kind: 'refused' };
  return outcomeOf(direct);
}

/** What the client of a gateway did see. */
export function outcome(through: Verdict): Outcome {
  if (through.kind === 'nothing') return { kind: 'broken', head: undefined, body: '' };
  // An answer to HEAD has no body to tell it by.
  const own = through.status === 502 && !through.rawHeaders.includes('X-Stream');
  return own ? { kind: 'refused' } : outcomeOf(through);
}

function outcomeOf(verdict: Exclude<Verdict, { kind: 'nothing' }>): Outcome {
  const { kind, status, body } = verdict;
  const headers = endToEnd(verdict.rawHeaders);
  return kind === 'answer'
    ? { kind, status, headers, body }
    : { kind, head: [String(status), ...headers].join('\n'), body };
}

/**
 * Whether two ways gave the client the same. Reason phrases are left out: undici keeps only the last piece of one
 * that arrives in several, and HTTP gives them no meaning. Of an answer that broke off, more or less may have
 * arrived; what did must be the same.
 */
export function agree(one: Outcome, other: Outcome): boolean {
  if (one.kind !== 'broken' || other.kind !== 'broken') return JSON.stringify(one) === JSON.stringify(other);
  const sameHead = one.head === undefined || other.head === undefined || one.head === other.head;
  return sameHead && (one.body.startsWith(other.body) || other.body.startsWith(one.body));
}
