import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startRegistry, temporaryFolder } from '@quay-observability/testkit';
import { runRegistryGateway } from './run-registry-gateway.ts';

const run = promisify(execFile);
/** The program of github.com/opencontainers/distribution-spec/conformance: a minute to compile, so not for every run. */
const SUITE = process.env.OCI_CONFORMANCE_SUITE;

type Verdicts = Map<string, string>;

/** What the suite says of a registry, case by case. */
async function judge(url: string): Promise<Verdicts> {
  const results = temporaryFolder('conformance');
  const env = {
    PATH: process.env.PATH,
    OCI_REGISTRY: new URL(url).host,
    OCI_TLS: 'disabled',
    OCI_RESULTS_DIR: results,
    OCI_LOG: 'error',
  };
  // It ends with an error if anything fails, and no registry passes it all: only the difference counts.
  await run(SUITE ?? '', [], { env, cwd: results, maxBuffer: 2 ** 27 }).catch((error: unknown) => error);
  return parseVerdicts(readFileSync(join(results, 'junit.xml'), 'utf8'));
}

function parseVerdicts(junit: string): Verdicts {
  const verdicts: Verdicts = new Map();
  for (const [, attributes = '', inner = ''] of junit.matchAll(
    /<testcase ([^>]*?)(?:\/>|>([^]*?)<\/testcase>)/g,
  )) {
    const name = (key: string): string => new RegExp(`\\b${key}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const verdict = /<(failure|error|skipped)\b/.exec(inner)?.[1] ?? 'passed';
    const key = `${name('classname')} ${name('name')}`;
    verdicts.set(verdicts.has(key) ? `${key} (${verdicts.size})` : key, verdict);
  }
  return verdicts;
}

test(
  "the OCI's own conformance suite says the same of a registry and of the gateway in front of one",
  { timeout: 300_000, skip: SUITE === undefined && 'OCI_CONFORMANCE_SUITE names no program' },
  async (context) => {
    const [alone, behind] = [await startRegistry({ deletes: true }), await startRegistry({ deletes: true })];
    const gateway = await runRegistryGateway(behind.url);
    try {
      const direct = await judge(alone.url);
      const through = await judge(gateway.url);
      assert.deepEqual([...through], [...direct]);
      const passed = [...direct.values()].filter((verdict) => verdict === 'passed').length;
      context.diagnostic(`${passed} of ${direct.size} cases pass, with and without the gateway`);
      assert.ok(passed > 50, `only ${passed} of ${direct.size} cases pass`);
    } finally {
      await gateway.close();
      await alone.stop();
      await behind.stop();
    }
  },
);
