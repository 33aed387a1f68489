import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pythonEnvironment } from '@quay-observability/testkit';
import { QUAY_ROUTES, ROUTE_CONVERTERS, decodePath, matchRoute } from '../src/index.ts';
import { generateRequests } from './generate-requests.ts';

type Verdict = [endpoint: string, params: Record<string, string>, path: string] | '405' | null;

const REQUESTS = 24_000;
const SEED = 20260216;

test('agrees with the real Werkzeug on every generated request', { timeout: 120_000 }, async () => {
  const requests = generateRequests(SEED, REQUESTS);
  const verdicts = await askWerkzeug(requests);
  assert.equal(verdicts.length, REQUESTS);
  const disagreements: unknown[] = [];
  const seen = new Map<string, number>();
  requests.forEach(([method, path], index) => {
    const expected = verdicts[index] ?? null;
    const actual = ourVerdict(method, path);
    const name = Array.isArray(expected) ? expected[0] : String(expected);
    seen.set(name, (seen.get(name) ?? 0) + 1);
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      disagreements.push({ method, path, expected, actual });
  });
  assert.deepEqual(disagreements.slice(0, 10), []);
  const endpoints = new Set(
    QUAY_ROUTES.filter(({ family }) => family !== 'api').map(({ endpoint }) => endpoint),
  );
  const missed = [...endpoints].filter((endpoint) => !seen.has(endpoint));
  assert.deepEqual(missed, [], 'the generator reaches every endpoint');
  assert.ok(
    (seen.get('405') ?? 0) > 100 && (seen.get('null') ?? 0) > 100,
    'and enough of what matches nothing',
  );
});

function ourVerdict(method: string, path: string): Verdict {
  const match = matchRoute(method, path);
  if (match === undefined) return null;
  return 'methodNotAllowed' in match ? '405' : [match.endpoint, inRuleOrder(match.params), decodePath(path)];
}

/** Flask gives the parameters from left to right, ours come from the right end. */
function inRuleOrder(params: Readonly<Record<string, string>>): Record<string, string> {
  const { repository, ...others } = params;
  return repository === undefined ? others : { repository, ...others };
}

async function askWerkzeug(requests: [string, string][]): Promise<Verdict[]> {
  const { python } = await pythonEnvironment('quay');
  const child = promisify(execFile)(python, [join(import.meta.dirname, 'werkzeug_oracle.py')], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const routes = QUAY_ROUTES.filter(({ family }) => family !== 'api');
  child.child.stdin?.end(JSON.stringify({ converters: ROUTE_CONVERTERS, routes, requests }));
  return JSON.parse((await child).stdout) as Verdict[];
}
