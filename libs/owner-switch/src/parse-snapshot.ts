import { z } from 'zod';
import { ROUTE_OWNERS, WORKER_OWNERS } from './owner.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { CanarySelectors, Snapshot } from './snapshot.ts';
import { isKnownSwitch, parseSwitchName } from './switch-name.ts';

/** A snapshot that can be used, and what an operator should look at all the same. */
export type ParsedSnapshot = { readonly snapshot: Snapshot; readonly warnings: readonly string[] };

const MAX_SWITCHES = 2000;
const MAX_SELECTED = 10_000;

const word = z.string('expected a string').max(255, 'expected at most 255 characters');
const names = z
  .array(word.min(1, 'expected a name'), 'expected a list of names')
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
const selectors = z.strictObject(selectorFields, {
  error: objectError('a canary: orgs, repos, users, percent'),
});

const schema = z.looseObject(
  {
    version: z.int('expected a whole number of 1 or more').min(1, 'expected a whole number of 1 or more'),
    updated_at: z.iso.datetime({ offset: true, error: 'expected a time as in 2026-02-16T10:11:12Z' }),
    updated_by: word.optional(),
    reason: z.string('expected a string').max(1000, 'expected at most 1000 characters').optional(),
    force_python: z.boolean('expected true or false').default(false),
    owners: z
      .record(z.string(), z.unknown(), { error: objectError('an object of switch names to owners') })
      .superRefine(checkOwners),
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
      .superRefine(({ by_switch: bySwitch }, context) => checkNames(bySwitch, context, ['by_switch']))
      .default({ orgs: [], repos: [], users: [], by_switch: {} }),
  },
  { error: 'expected an object with version, updated_at and owners' },
);
const KNOWN_FIELDS = new Set(Object.keys(schema.shape));

/**
 * Reads a snapshot as it travels or stands in a file (contract section 13). An owner that is not known is no
 * fault but a warning: it counts as `python`. So is a switch name that nothing here answers to.
 *
 * @throws SnapshotError (`SNAPSHOT_INVALID`) with every fault.
 */
export function parseSnapshot(value: unknown): ParsedSnapshot {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new SnapshotError(
      result.error.issues.map(({ path, message }) => ({
        field: path.map(String).join('.'),
        problem: message,
      })),
    );
  }
  const data = result.data;
  const owners = new Map(Object.entries(data.owners).map(([name, owner]) => [name, ownerText(name, owner)]));
  const { by_switch: bySwitch, ...general } = data.canaries;
  const canariesBySwitch = new Map(Object.entries(bySwitch).map(([name, each]) => [name, selectorsOf(each)]));
  return {
    snapshot: {
      version: data.version,
      updatedAt: new Date(data.updated_at).toISOString(),
      updatedBy: data.updated_by,
      reason: data.reason,
      forcePython: data.force_python,
      owners,
      canaries: { general: selectorsOf(general), bySwitch: canariesBySwitch },
    },
    warnings: [
      ...Object.keys(data)
        .filter((field) => !KNOWN_FIELDS.has(field))
        .map((field) => `${field.slice(0, 100)}: unknown field, ignored`),
      ...switchWarnings(owners),
      ...[...canariesBySwitch.keys()]
        .filter((name) => !owners.has(name))
        .map((name) => `canaries.by_switch.${name}: no such switch in owners, ignored`),
    ],
  };
}

/** What is doubtful about switches that can be used: unknown owners, and names that nothing answers to. */
export function switchWarnings(owners: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = [];
  for (const [name, owner] of owners) {
    const parsed = parseSwitchName(name);
    if (parsed === undefined) continue;
    const allowed: readonly string[] = parsed.kind === 'worker' ? WORKER_OWNERS : ROUTE_OWNERS;
    if (!allowed.includes(owner))
      warnings.push(`owners.${name}: unknown owner, counts as python (expected ${allowed.join(', ')})`);
    if (!isKnownSwitch(parsed)) warnings.push(`owners.${name}: no such ${parsed.kind}, has no effect`);
  }
  return warnings;
}

function checkOwners(owners: Record<string, unknown>, context: z.RefinementCtx): void {
  if (Object.keys(owners).length > MAX_SWITCHES)
    context.addIssue({ code: 'custom', message: `expected at most ${MAX_SWITCHES} switches` });
  else checkNames(owners, context, []);
}

function checkNames(record: Record<string, unknown>, context: z.RefinementCtx, path: string[]): void {
  for (const name of Object.keys(record)) {
    if (parseSwitchName(name) !== undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [...path, name.slice(0, 100)],
      message:
        'expected a name that begins with ROUTE_OWNER_ROUTE_, ROUTE_OWNER_CAP_, ROUTE_OWNER_FAMILY_ or WORKER_OWNER_, in capitals',
    });
  }
}

/** YAML 1.1, which Quay's configuration is, reads an unquoted `off` as false. */
function ownerText(name: string, owner: unknown): string {
  if (owner === false && parseSwitchName(name)?.kind === 'worker') return 'off';
  return typeof owner === 'string' ? owner.slice(0, 100) : 'unknown';
}

function selectorsOf({
  orgs,
  repos,
  users,
  percent,
}: {
  orgs: string[];
  repos: string[];
  users: string[];
  percent?: number | undefined;
}): CanarySelectors {
  return { orgs, repos, users, percent };
}

function objectError(expected: string) {
  return (issue: { code?: string | undefined; keys?: string[] }): string =>
    issue.code === 'unrecognized_keys'
      ? `unknown field ${(issue.keys ?? []).join(', ').slice(0, 200)}`
      : `expected ${expected}`;
}
