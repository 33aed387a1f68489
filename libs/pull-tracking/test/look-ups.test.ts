import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLookUps, type Found } from '../src/look-ups.ts';

type Question = {
  repositories: readonly string[];
  attempt: number;
  answer: (found: Found) => void;
  fail: (error: Error) => void;
};

/** Look-ups of which the test gives the answers. */
function askTest(limits: Partial<Parameters<typeof createLookUps>[0]['limits']> = {}) {
  const questions: Question[] = [];
  const told: Record<string, number | null | string> = {};
  const lookUps = createLookUps({
    find: (repositories, attempt) => {
      const { promise, resolve, reject } = Promise.withResolvers<Found>();
      questions.push({ repositories, attempt, answer: resolve, fail: reject });
      return promise;
    },
    onAnswer: (repository, id) => {
      assert.ok(!(repository in told), `${repository} is told once`);
      told[repository] = id;
    },
    onFailure: (repository, error) => {
      assert.ok(!(repository in told), `${repository} is told once`);
      told[repository] = String(error);
    },
    limits: { concurrency: 2, perQuestion: 2, attempts: 3, pauseMs: 0, ...limits },
  });
  return { lookUps, questions, told };
}

const settle = async (): Promise<void> => {
  for (let round = 0; round < 5; round += 1) {
    await turn();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
const final = (ids: Record<string, number>): Found => ({ ids: new Map(Object.entries(ids)), isFinal: true });

test('many repositories go in one question, and few questions at a time', async () => {
  const { lookUps, questions, told } = askTest();
  for (const name of ['a', 'b', 'a', 'c', 'd', 'e']) lookUps.ask(name);
  lookUps.start();
  assert.deepEqual(
    questions.map(({ repositories }) => repositories),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  );
  questions[0]?.answer(final({ a: 1 }));
  await settle();
  assert.deepEqual(told, { a: 1, b: null });
  assert.deepEqual(questions[2]?.repositories, ['e']);
});

test('what a replica does not have is asked of the primary at once', async () => {
  const { lookUps, questions, told } = askTest();
  lookUps.ask('old');
  lookUps.ask('new');
  lookUps.start();
  questions[0]?.answer({ ids: new Map([['old', 1]]), isFinal: false });
  await settle();
  assert.deepEqual(told, { old: 1 });
  assert.deepEqual([questions[1]?.repositories, questions[1]?.attempt], [['new'], 2]);
  questions[1]?.answer(final({ new: 2 }));
  await settle();
  assert.deepEqual(told, { old: 1, new: 2 });
});

test('a question that fails is asked three times, and then tells why', async () => {
  const { lookUps, questions, told } = askTest();
  lookUps.ask('a');
  lookUps.start();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    assert.deepEqual(told, {});
    questions[attempt]?.fail(new Error(`away ${attempt + 1}`));
    await settle();
  }
  assert.deepEqual(told, { a: 'Error: away 3' });
  assert.equal(questions.length, 3);
  lookUps.ask('b');
  lookUps.start();
  assert.equal(questions.length, 4, 'and the next one has its turn');
});

test('after the stop nothing is asked or told', async () => {
  const { lookUps, questions, told } = askTest({ concurrency: 1 });
  for (const name of ['a', 'b', 'c']) lookUps.ask(name);
  lookUps.start();
  lookUps.stop();
  questions[0]?.answer(final({ a: 1, b: 2 }));
  await settle();
  assert.deepEqual([questions.length, told], [1, {}]);
});
