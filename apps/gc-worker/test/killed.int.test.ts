import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { GcRules } from '../src/steps/gc-context.ts';
import { assertSameTables, danglingReferences, missingFiles } from './support/compare-registries.ts';
import type { ProcessTask } from './support/collect-process.ts';
import { startReference, type Reference, type ReferenceWork } from './support/gc-reference.ts';
import { markNamespace } from './support/mark-namespace.ts';
import { createRandom, type Random } from './support/random.ts';
import { randomRegistry } from './support/random-registry.ts';
import type { Registry } from './support/registry-rows.ts';
import { releaseAllLocks, RULES, startGc, type GcBench } from './support/start-gc.ts';

/** More on request: `GC_KILLED_CASES=20`. */
const CASES = Number(process.env.GC_KILLED_CASES ?? 1);
const FIRST = Number(process.env.GC_FIRST ?? 1);
/** After so many, the process is left alone. */
const MOST_KILLS = 6;
const PROGRAM = join(import.meta.dirname, 'support/collect-process.ts');

let gc: GcBench;
let reference: Reference;
before(async () => {
  gc = await startGc();
  reference = startReference();
});
after(async () => {
  reference.stop();
  await gc.stop();
});

/** Runs the work in a process that is killed after a while; resolves to whether it had finished. */
async function runAndKill(
  work: ProcessTask['work'],
  rules: GcRules,
  killAfterMs: number | undefined,
): Promise<boolean> {
  const task: ProcessTask = {
    ...{ uri: gc.postgres.uri, redisPort: gc.redisPort, root: gc.files.root },
    ...{ rules, work },
  };
  const child = spawn(
    process.execPath,
    ['--conditions=@quay-observability/source', PROGRAM, JSON.stringify(task)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  if (killAfterMs !== undefined) {
    await Promise.race([pause(killAfterMs), exited]);
    child.kill('SIGKILL');
  }
  const [code] = (await exited) as [number | null];
  if (killAfterMs === undefined) assert.equal(code, 0);
  // The locks of the dead would run out by and by.
  await releaseAllLocks(gc.redisPort);
  return output.includes('done');
}

async function convergesThoughKilled(options: {
  registry: Registry;
  random: Random;
  what: string;
  question: { work: ReferenceWork; id: number };
  work: ProcessTask['work'];
  rules?: GcRules;
}): Promise<number> {
  const { registry, random, what, question, work, rules = RULES } = options;
  await gc.load(registry);
  const files = gc.files.list();
  const expected = await reference.remains(question.work, question.id, rules, await gc.dump(), files);
  let kills = 0;
  for (let isDone = false; !isDone;) {
    const killAfterMs = kills < MOST_KILLS ? random.below(90) : undefined;
    isDone = await runAndKill(work, rules, killAfterMs);
    if (isDone) break;
    kills += 1;
    const halfway = await gc.dump();
    assert.deepEqual(danglingReferences(halfway), [], what);
    assert.deepEqual(missingFiles(halfway, files, gc.files.list()), [], what);
  }
  // What the last one had not finished is overdue for the next.
  await runAndKill(work, rules, undefined);
  const remaining = await gc.dump();
  assertSameTables(remaining, expected.tables, what);
  assert.deepEqual(gc.files.list(), expected.files, what);
  return kills;
}

test('collections that are killed at random converge to what an undisturbed one leaves', async () => {
  let kills = 0;
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const random = createRandom(seed);
    const registry = randomRegistry(seed, { crowded: true });
    const [repository] = registry.tables.repository ?? [];
    repository!.state = 0;
    const { id } = repository!;
    const question = { work: 'collect', id } as const;
    kills += await convergesThoughKilled({
      registry,
      random,
      what: `seed ${seed}`,
      question,
      work: { collect: id },
      // Totals that are changed twice, or not at all, differ from those of the reference.
      rules: { ...RULES, quota: 'subtract' },
    });
  }
  assert.ok(kills >= CASES, `${kills} kills`);
});

test('purges of namespaces that are killed at random converge', async () => {
  let kills = 0;
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const random = createRandom(seed);
    const registry = randomRegistry(seed, { belongings: true, crowded: true });
    const namespace = markNamespace(registry, random);
    const question = { work: 'purge_namespace', id: namespace.id } as const;
    kills += await convergesThoughKilled({
      registry,
      random,
      what: `seed ${seed}`,
      question,
      work: { namespace },
    });
  }
  assert.ok(kills >= CASES, `${kills} kills`);
});
