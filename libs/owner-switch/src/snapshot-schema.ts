import { z } from 'zod';
import { CANARY_NAME, CANARY_NAME_EXPECTED } from './canary-name.ts';

/** Beyond this nothing higher could be told exactly, and no slip should use up all versions. */
const MAX_VERSION = 999_999_999_999_999;
const VERSION_EXPECTED = 'expected a whole number of 1 or more, with at most 15 digits';

const MAX_SELECTED = 10_000;

const names = z
  .array(
    z.string('expected a name as text').regex(CANARY_NAME, CANARY_NAME_EXPECTED),
    'expected a list of names',
  )
  .max(MAX_SELECTED, `expected at most ${MAX_SELECTED} names`)
  .default([]);
const selectorFields = {
  orgs: names,
  repos: names,
  users: names,
  percent: z
    .number('expected a number between 0 and 100')
    .min(0, 'expected 0 or more')
    .max(100, 'expected 100 or less')
    .optional(),
};
// A field too many is a fault: a selector that is overlooked would widen `go`.
const selectors = z.strictObject(selectorFields, {
  error: objectError('a canary: orgs, repos, users, percent'),
});

const EXPECTED_TIME = 'expected a time as in 2026-02-16T10:11:12Z';

/** The form of a snapshot, the names of its switches aside (contract section 13). */
export const snapshotSchema = z.object(
  {
    // One check, so that a bad version is one fault.
    version: z
      .number(VERSION_EXPECTED)
      .refine(
        (version) => Number.isInteger(version) && version >= 1 && version <= MAX_VERSION,
        VERSION_EXPECTED,
      ),
    updated_at: z.iso
      .datetime({ offset: true, error: EXPECTED_TIME, abort: true })
      .refine(isCommonYear, { error: EXPECTED_TIME }),
    updated_by: z.string('expected a string').max(255, 'expected at most 255 characters').optional(),
    reason: z.string('expected a string').max(1000, 'expected at most 1000 characters').optional(),
    force_python: z.boolean('expected true or false').default(false),
    owners: z.record(z.string(), z.unknown(), { error: objectError('an object of switch names to owners') }),
    canaries: z
      .strictObject(
        {
          ...selectorFields,
          by_switch: z
            .record(z.string(), selectors, { error: objectError('an object of switch names to canaries') })
            .default({}),
        },
        { error: objectError('canaries: orgs, repos, users, percent, by_switch') },
      )
      .default({ orgs: [], repos: [], users: [], by_switch: {} }),
  },
  { error: 'expected an object with version, updated_at and owners' },
);

export const SNAPSHOT_FIELDS: ReadonlySet<string> = new Set(Object.keys(snapshotSchema.shape));

/** An offset can carry the ends of the calendar out of it, where ISO 8601 needs a sign and six digits. */
function isCommonYear(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9999;
}

function objectError(expected: string) {
  return (issue: { code?: string | undefined; keys?: string[] }): string =>
    issue.code === 'unrecognized_keys'
      ? `unknown field ${(issue.keys ?? []).join(', ').slice(0, 200)}`
      : `expected ${expected}`;
}
