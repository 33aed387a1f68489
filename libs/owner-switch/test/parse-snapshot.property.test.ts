import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createResolver, parseSnapshot, SnapshotError, snapshotToJson } from '../src/index.ts';
import type { ParsedSnapshot, RouteQuestion } from '../src/index.ts';
import { anyQuestion, anySnapshot } from './arbitraries.ts';

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Undefined for a snapshot that was refused; fails on any error but the one for that. */
function parseOrRefuse(value: unknown): ParsedSnapshot | undefined {
  try {
    return parseSnapshot(value);
  } catch (error) {
    assert.ok(error instanceof SnapshotError, String(error));
    assert.ok(error.faults.length > 0, 'a refusal says why');
    return undefined;
  }
}

/** Whatever was accepted can be asked, and travels. */
function assertUsable(parsed: ParsedSnapshot | undefined, question: RouteQuestion): void {
  if (parsed === undefined) return;
  const resolver = createResolver(parsed.snapshot);
  assert.ok(['python', 'go'].includes(resolver.route(question).owner));
  assert.ok(['python', 'go', 'off'].includes(resolver.worker(question.method).owner));
  const travelled = JSON.parse(JSON.stringify(snapshotToJson(parsed.snapshot))) as unknown;
  assert.deepEqual(parseSnapshot(travelled).snapshot, parsed.snapshot);
}

test('no value throws anything but SnapshotError', () => {
  fc.assert(
    fc.property(anything, anyQuestion, (value, question) => assertUsable(parseOrRefuse(value), question)),
    { numRuns: 2000 },
  );
});

test('nor does a snapshot with anything in the place of one of its values', () => {
  const places = [
    ['version'],
    ['updated_at'],
    ['updated_by'],
    ['force_python'],
    ['owners'],
    ['owners', 'ROUTE_OWNER_CAP_V2_PULL'],
    ['owners', '__proto__'],
    ['canaries'],
    ['canaries', 'orgs'],
    ['canaries', 'percent'],
    ['canaries', 'constructor'],
    ['canaries', 'by_switch'],
    ['canaries', 'by_switch', 'ROUTE_OWNER_CAP_V2_PULL'],
    ['hasOwnProperty'],
  ];
  fc.assert(
    fc.property(
      anySnapshot(),
      fc.constantFrom(...places),
      anything,
      anyQuestion,
      (snapshot, place, value, question) => {
        put(snapshot, place, value);
        assertUsable(parseOrRefuse(snapshot), question);
      },
    ),
    { numRuns: 2000 },
  );
});

function put(target: object, [name = '', ...rest]: readonly string[], value: unknown): void {
  const inner: unknown = Object.getOwnPropertyDescriptor(target, name)?.value;
  if (rest.length > 0 && typeof inner === 'object' && inner !== null) return put(inner, rest, value);
  // An assignment to `__proto__` would change the prototype; JSON makes a property.
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

test('nor does a text that was damaged on its way and is still JSON', () => {
  fc.assert(
    fc.property(
      anySnapshot(),
      fc.nat(),
      fc.nat({ max: 8 }),
      fc.string({ maxLength: 4 }),
      anyQuestion,
      (snapshot, at, removed, inserted, question) => {
        const text = JSON.stringify(snapshot);
        const position = at % text.length;
        const damaged = text.slice(0, position) + inserted + text.slice(position + removed);
        let value: unknown;
        try {
          value = JSON.parse(damaged);
        } catch {
          return;
        }
        assertUsable(parseOrRefuse(value), question);
      },
    ),
    { numRuns: 2000 },
  );
});

test('every well-formed snapshot is accepted and survives the round trip', () => {
  fc.assert(
    fc.property(anySnapshot(), (json) => {
      const { snapshot } = parseSnapshot(json);
      const again = snapshotToJson(snapshot);
      assert.deepEqual(parseSnapshot(JSON.parse(JSON.stringify(again))).snapshot, snapshot);
      assert.deepEqual(again.owners, json.owners);
      assert.equal(again.force_python, json.force_python);
    }),
    { numRuns: 1000 },
  );
});

test('the order in which switches were written does not show', () => {
  fc.assert(
    fc.property(anySnapshot(), (json) => {
      const reversed = {
        ...json,
        owners: Object.fromEntries(Object.entries(json.owners).reverse()),
        canaries: {
          ...json.canaries,
          by_switch: Object.fromEntries(Object.entries(json.canaries.by_switch).reverse()),
        },
      };
      const textOf = (value: unknown) => JSON.stringify(snapshotToJson(parseSnapshot(value).snapshot));
      assert.equal(textOf(reversed), textOf(json));
    }),
  );
});
