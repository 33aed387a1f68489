import { z } from 'zod';
import { parseBooleanText } from './settings/setting.ts';

/**
 * The scalars of the file. Each also takes the text of an environment variable, and its message says
 * what was expected, never what was found: the value may be a secret.
 */
function scalar<T>(expected: string, parse: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    const message =
      value === undefined || value === null ? `is missing: expected ${expected}` : `expected ${expected}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Text; a number is taken as its digits, because YAML turns an unquoted password of digits into one. */
export const text = scalar('a string', toText);

export const nonEmptyText = scalar('a string that is not empty', (value) => {
  const parsed = toText(value);
  return parsed === '' ? undefined : parsed;
});

/** Text where empty means absent. */
export const optionalText = z
  .union([text, z.undefined(), z.null()], 'expected a string')
  .transform((value) => (value === '' || value === null ? undefined : value));

/** An empty text in the file is false, and so is 0: what counts for Python is the truth of the value. */
export const boolean = scalar('true or false', (value) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return undefined;
  return value === '' ? false : parseBooleanText(value);
});

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `between ${min} and ${max}`;
  return scalar(`a whole number ${range}`, (value) => {
    const number = toNumber(value);
    return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
  });
}

/** A time span in seconds, above zero, fractions allowed; at most what a timer can hold. */
const MOST_SECONDS = 2_147_483;
export const seconds = scalar(`a number of seconds above 0, at most ${MOST_SECONDS}`, (value) => {
  const number = toNumber(value);
  return number > 0 && number <= MOST_SECONDS ? number : undefined;
});

/** A part of a whole, 0..1. */
export const share = scalar('a number between 0 and 1', (value) => {
  const number = toNumber(value);
  return number >= 0 && number <= 1 ? number : undefined;
});

export const textList = z.array(text, 'expected a list of strings');

/** A mapping whose values are nobody's business here. */
export const anyMapping = z.record(z.string(), z.unknown(), 'expected a mapping');

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value.trim())
    ? Number(value)
    : Number.NaN;
}
