import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { pythonEnvironment } from '@quay-observability/testkit';
import { isWithinPercent } from '../src/index.ts';

type Question = [repository: string, percent: number];

const SEED = 20260216;

test(
  'Python decides every percentage alike, by the formula of section 13',
  { timeout: 120_000 },
  async () => {
    const questions = [...ordinaryQuestions(), ...unusualNames(), ...closeCalls()];
    const verdicts = await askPython(questions);
    assert.equal(verdicts.length, questions.length);
    const disagreements = questions.filter(([repository, percent], at) => {
      const ours = isWithinPercent(repository, percent);
      return verdicts[at]?.[0] !== ours || verdicts[at][1] !== ours;
    });
    assert.deepEqual(disagreements, []);
    const within = verdicts.filter(([verdict]) => verdict).length;
    assert.ok(within > 1000 && within < questions.length - 1000, 'both sides are met often');
  },
);

function ordinaryQuestions(): Question[] {
  const percents = [0, 0.1, 1, 10, 33.3, 50, 99.9, 100];
  return Array.from({ length: 4000 }, (_, at) => [`org-${at % 31}/app-${at}`, percents[at % 8] ?? 0]);
}

/** Letters of every script, emoji, control characters, the empty name. */
function unusualNames(): Question[] {
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  const question = fc.tuple(name, fc.double({ min: 0, max: 100, noNaN: true }));
  return [
    ['', 50],
    ['müller/bücher', 50],
    ['会社/アプリ', 50],
    ['acme/🐙', 50],
    ...fc.sample(question, { seed: SEED, numRuns: 2000 }),
  ];
}

/** Percentages at the very position of a name, and next to it. */
function closeCalls(): Question[] {
  return Array.from({ length: 1000 }, (_, at) => `org/close-${at}`).flatMap((repository): Question[] => {
    const position = createHash('sha256').update(repository).digest().readUInt32BE(0);
    const percent = (position * 100) / 2 ** 32;
    const step = 2 ** (Math.floor(Math.log2(percent)) - 52);
    return [
      [repository, percent],
      [repository, percent - step],
      [repository, percent + step],
    ];
  });
}

async function askPython(questions: Question[]): Promise<[boolean, boolean][]> {
  const { python } = await pythonEnvironment('quay');
  const child = promisify(execFile)(python, [join(import.meta.dirname, 'percent_oracle.py')], {
    maxBuffer: 16 * 1024 * 1024,
  });
  child.child.stdin?.end(JSON.stringify(questions));
  return JSON.parse((await child).stdout) as [boolean, boolean][];
}
