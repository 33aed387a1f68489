import { invalidChange } from './invalid-change.ts';

/** A JSON object as it was parsed; its fields are whatever somebody wrote. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object without some of its fields. */
export function without(value: JsonObject, ...fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)));
}

/** A snapshot has five levels; what is nested more deeply is no snapshot, and recursion must end. */
const MAX_DEPTH = 10;

/** Throws an `HttpProblem` (400) unless the value is a JSON object of a reasonable depth. */
export function requireObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidChange([{ field: '', problem: 'expected a JSON object' }]);
  if (isDeeperThan(value, MAX_DEPTH))
    throw invalidChange([{ field: '', problem: `expected at most ${MAX_DEPTH} levels of nesting` }]);
  return value as JsonObject;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((each) => isDeeperThan(each, levels - 1));
}
