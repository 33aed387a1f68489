import type { JsonObject } from './json-object.ts';

/** Applies a JSON merge patch (RFC 7396): objects are merged, null removes, anything else takes the place. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const fields = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, mergePatch(fields.get(name), value));
  }
  // Defines its fields, so that one called `__proto__` is a field like any other.
  return Object.fromEntries(fields);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
