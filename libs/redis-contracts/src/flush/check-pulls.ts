import type { ClaimedEvent } from './claimed-event.ts';

/** The pulls of one key, checked: whatever is in here can be written. */
export type CountedPulls = {
  readonly repositoryId: number;
  /** Undefined for pulls by digest. */
  readonly tag: string | undefined;
  readonly digest: string;
  /** 1 or more. */
  readonly count: bigint;
  /** Of the latest pull; whole unix seconds, 0 if unknown. */
  readonly unixSeconds: number;
};

/** What is wrong with an event that is deleted unwritten. */
export type PullFault =
  | 'not_a_hash'
  | 'missing_field'
  | 'repository_id'
  | 'manifest_digest'
  | 'pull_count'
  | 'last_pull_timestamp'
  | 'tag_name';

/** An event as it is to be treated (contract section 5). */
export type CheckedEvent =
  | { readonly kind: 'pulls'; readonly pulls: CountedPulls }
  /** Nothing was pulled. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'invalid'; readonly fault: PullFault };

const LARGEST_ID = 2n ** 31n - 1n;
/** More pulls than there are. The columns hold more: a thousand such keys can be added to one row before it overflows. */
const LARGEST_COUNT = 2n ** 53n - 1n;
/** The end of the year 9999, after which Python knows no date. */
const LATEST_SECONDS = 253_402_300_799n;
/** Characters that the columns hold. */
const LONGEST_TEXT = 255;
const DIGEST = /^[A-Za-z0-9_+.-]+:[A-Fa-f0-9]+$/;
/** What Python's `int` takes, in ASCII. */
const INTEGER = /^[ \t\n\r\f\v]*(?<sign>[+-]?)(?<digits>\d+(?:_\d+)*)[ \t\n\r\f\v]*$/;
/** What a text column cannot hold, or what came of bytes that were no text. */
const NO_TEXT = /[\0\uFFFD]/;

/**
 * Checks one event as Python's flusher does, and besides what the columns of the database can hold: Python would fail
 * to write that, with the whole batch, in every cycle.
 */
export function checkPulls({ fields }: ClaimedEvent): CheckedEvent {
  if (fields === undefined) return invalid('not_a_hash');
  const { repositoryId, tagName, manifestDigest, pullCount, lastPullTimestamp, pullMethod } = fields;
  if (
    repositoryId === undefined ||
    manifestDigest === undefined ||
    pullCount === undefined ||
    lastPullTimestamp === undefined
  )
    return invalid('missing_field');
  const id = wholeNumber(repositoryId, LARGEST_ID);
  if (id === undefined || id === 0n) return invalid('repository_id');
  const count = wholeNumber(pullCount, LARGEST_COUNT);
  if (count === undefined) return invalid('pull_count');
  const seconds = wholeNumber(lastPullTimestamp, LATEST_SECONDS);
  if (seconds === undefined) return invalid('last_pull_timestamp');
  if (manifestDigest.length > LONGEST_TEXT || !DIGEST.test(manifestDigest)) return invalid('manifest_digest');
  if (count === 0n) return { kind: 'empty' };
  const isByTag = pullMethod === 'tag' && tagName !== undefined && tagName !== '';
  if (isByTag && (characters(tagName) > LONGEST_TEXT || NO_TEXT.test(tagName))) return invalid('tag_name');
  const tag = isByTag ? tagName : undefined;
  return {
    kind: 'pulls',
    pulls: { repositoryId: Number(id), tag, digest: manifestDigest, count, unixSeconds: Number(seconds) },
  };
}

function invalid(fault: PullFault): CheckedEvent {
  return { kind: 'invalid', fault };
}

/** From 0 to `largest`; undefined for anything else. */
function wholeNumber(text: string, largest: bigint): bigint | undefined {
  const { sign, digits } = INTEGER.exec(text)?.groups ?? {};
  if (digits === undefined) return undefined;
  const value = BigInt(digits.replaceAll('_', ''));
  return value <= largest && (value === 0n || sign !== '-') ? value : undefined;
}

/** As PostgreSQL counts them. */
function characters(text: string): number {
  return [...text].length;
}
