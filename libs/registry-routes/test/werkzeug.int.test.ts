import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pythonEnvironment } from '@quay-observability/testkit';
import {
  QUAY_ROUTES,
  ROUTE_CONVERTERS,
  createRouteMatcher,
  type MatchRoute,
  type QuayRoute,
  type RouteFamily,
} from '../src/index.ts';
import { generateApiRequests, generateRegistryRequests } from './generate-requests.ts';

type Verdict = [endpoint: string, params: Readonly<Record<string, string>>, path: string] | '405' | null;

const REGISTRY = ['v1', 'v2'] as const;
const ALL = ['v1', 'v2', 'api'] as const;
const SEED = 20260216;

const CASES = [
  { what: 'registry', families: REGISTRY, requests: generateRegistryRequests(SEED, 24_000) },
  { what: 'API', families: ['api'] as const, requests: generateApiRequests(SEED, 16_000) },
];

for (const { what, families, requests } of CASES)
  test(`agrees with the real Werkzeug on every generated ${what} request`, { timeout: 240_000 }, async () => {
    const verdicts = await askWerkzeug(families, requests);
    assert.equal(verdicts.length, requests.length);
    assertAgreement(createRouteMatcher(families), requests, verdicts);
    const seen = new Map<string, number>();
    for (const verdict of verdicts) {
      const name = Array.isArray(verdict) ? verdict[0] : String(verdict);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    const missed = routesOf(families).filter(({ endpoint }) => !seen.has(endpoint));
    assert.deepEqual(missed, [], 'the generator reaches every endpoint');
    assert.ok(
      (seen.get('405') ?? 0) > 100 && (seen.get('null') ?? 0) > 100,
      'and enough of what matches nothing',
    );
  });

test('one matcher of all families agrees as well', { timeout: 240_000 }, async () => {
  const requests = [...generateRegistryRequests(SEED + 1, 4000), ...generateApiRequests(SEED + 1, 4000)];
  assertAgreement(createRouteMatcher(ALL), requests, await askWerkzeug(ALL, requests));
});

function assertAgreement(
  matches: MatchRoute,
  requests: readonly [string, string][],
  verdicts: readonly Verdict[],
): void {
  const disagreements = requests.flatMap(([method, path], index) => {
    const expected = inOneOrder(verdicts[index] ?? null);
    const actual = inOneOrder(ourVerdict(matches, method, path));
    return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ method, path, expected, actual }];
  });
  assert.deepEqual(disagreements.slice(0, 10), []);
}

function ourVerdict(matches: MatchRoute, method: string, path: string): Verdict {
  const match = matches(method, path);
  if (match === undefined) return null;
  return 'methodNotAllowed' in match ? '405' : [match.endpoint, match.params, match.path];
}

function inOneOrder(verdict: Verdict): unknown {
  if (!Array.isArray(verdict)) return verdict;
  const [endpoint, params, path] = verdict;
  return [endpoint, Object.entries(params).sort(), path];
}

function routesOf(families: readonly RouteFamily[]): QuayRoute[] {
  return QUAY_ROUTES.filter(({ family }) => families.includes(family));
}

async function askWerkzeug(
  families: readonly RouteFamily[],
  requests: [string, string][],
): Promise<Verdict[]> {
  const { python } = await pythonEnvironment('quay');
  const child = promisify(execFile)(python, [join(import.meta.dirname, 'werkzeug_oracle.py')], {
    maxBuffer: 64 * 1024 * 1024,
  });
  child.child.stdin?.end(
    JSON.stringify({ converters: ROUTE_CONVERTERS, routes: routesOf(families), requests }),
  );
  return JSON.parse((await child).stdout) as Verdict[];
}
