import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createResolver, parseSnapshot, PROGRAMS, type RouteQuestion } from '../src/index.ts';
import { anyOwner, anyPercent, anyQuestion, anySnapshot, type SnapshotJson } from './arbitraries.ts';
import { expectedDecision, switchNamesFor } from './owner-oracle.ts';

/** A question, and a snapshot that has an opinion about it more often than not. */
const anyCase = anyQuestion.chain((question) =>
  anySnapshot(
    switchNamesFor(question).filter((name) =>
      /^ROUTE_OWNER_(?:ROUTE|CAP|FAMILY)_[A-Z0-9_]{1,128}$/.test(name),
    ),
  ).map((snapshot): [SnapshotJson, RouteQuestion] => [snapshot, question]),
);

function decide(snapshot: SnapshotJson, question: RouteQuestion) {
  return createResolver(parseSnapshot(snapshot).snapshot).route(question);
}

test('owner, source and switch are what section 13 says: force, route, capability, family, default', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(anyCase, ([snapshot, question]) => {
      const resolver = createResolver(parseSnapshot(snapshot).snapshot);
      for (const asked of ['first', 'again']) {
        const { owner, source, switchName } = resolver.route(question);
        const expected = expectedDecision(snapshot, question);
        assert.equal(`${owner} ${source} ${switchName ?? 'none'}`, expected, asked);
        seen.set(`${owner} ${source}`, (seen.get(`${owner} ${source}`) ?? 0) + 1);
      }
    }),
    { numRuns: 5000 },
  );
  const kinds = [
    ...['python force', 'python default', 'python fail-closed', 'python canary', 'go canary'],
    ...['route', 'capability', 'family'].flatMap((source) => [`python ${source}`, `go ${source}`]),
  ];
  assert.deepEqual([...seen.keys()].sort(), kinds.sort(), 'every kind of decision was met');
});

test('the kill switch wins over everything, for routes and workers', () => {
  fc.assert(
    fc.property(
      anyCase,
      fc.constantFrom(...PROGRAMS),
      fc.boolean(),
      ([json, question], program, disabled) => {
        const resolver = createResolver(parseSnapshot({ ...json, force_python: true }).snapshot);
        const route = resolver.route(question);
        assert.deepEqual([route.owner, route.source, route.switchName], ['python', 'force', undefined]);
        const worker = resolver.worker(program, disabled);
        assert.deepEqual([worker.owner, worker.source, worker.switchName], ['python', 'force', undefined]);
      },
    ),
    { numRuns: 1000 },
  );
});

test('an owner that is not known is python', () => {
  const unknownOwner = anyOwner.filter((owner) => !['python', 'go', 'off'].includes(owner));
  fc.assert(
    fc.property(anyQuestion, unknownOwner, fc.constantFrom(...PROGRAMS), (question, owner, program) => {
      const capability = `ROUTE_OWNER_CAP_${decide(snapshotOf({}), question).capability}`;
      const worker = `WORKER_OWNER_${program}`;
      const snapshot = snapshotOf({ [capability]: owner, [worker]: owner });
      const decision = decide(snapshot, question);
      assert.deepEqual([decision.owner, decision.source], ['python', 'fail-closed']);
      const own = createResolver(parseSnapshot(snapshot).snapshot).worker(program);
      assert.deepEqual([own.owner, own.source], ['python', 'fail-closed']);
    }),
    { numRuns: 1000 },
  );
});

test('raising a percentage never takes a request from go back to python', () => {
  fc.assert(
    fc.property(anyCase, anyPercent, anyPercent, ([json, question], one, other) => {
      const withPercent = (percent: number): SnapshotJson => ({
        ...json,
        canaries: { ...json.canaries, percent },
      });
      const lower = decide(withPercent(Math.min(one, other)), question);
      const higher = decide(withPercent(Math.max(one, other)), question);
      if (lower.owner === 'go') assert.equal(higher.owner, 'go');
    }),
    { numRuns: 3000 },
  );
});

test('adding a name to a canary that selects never takes a request from go back to python', () => {
  fc.assert(
    fc.property(anyCase, fc.constantFrom('acme', 'beta'), ([json, question], org) => {
      const narrow = {
        ...json,
        canaries: { ...json.canaries, orgs: [...(json.canaries.orgs ?? []), 'gamma'] },
      };
      const wider = { ...json, canaries: { ...narrow.canaries, orgs: [...narrow.canaries.orgs, org] } };
      if (decide(narrow, question).owner === 'go') assert.equal(decide(wider, question).owner, 'go');
    }),
    { numRuns: 1000 },
  );
});

test('a canary never gives to go what its switch alone would not', () => {
  fc.assert(
    fc.property(anyCase, ([json, question]) => {
      const open: SnapshotJson = { ...json, canaries: { by_switch: {} } };
      if (decide(json, question).owner === 'go') assert.equal(decide(open, question).owner, 'go');
    }),
    { numRuns: 1000 },
  );
});

function snapshotOf(owners: Record<string, string>): SnapshotJson {
  return {
    version: 1,
    updated_at: '2026-02-16T10:11:12Z',
    force_python: false,
    owners,
    canaries: { by_switch: {} },
  };
}
