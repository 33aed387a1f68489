import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLookupQueue, LookupsEnded } from '../../src/secscan/lookup-queue.ts';

function createQueue({ maxSize = 10, concurrency = 2 } = {}) {
  const lengths: number[] = [];
  const queue = createLookupQueue({ maxSize, concurrency, onLength: (length) => lengths.push(length) });
  return { queue, lengths };
}

/** Work that ends when it is told. */
function createWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let started = false;
  const work = (): Promise<string> => {
    started = true;
    return promise;
  };
  return { work, end: resolve, fail: reject, hasStarted: () => started };
}

void test('at most so many pieces of work at a time, the others in their turn', async () => {
  const { queue, lengths } = createQueue();
  const works = [createWork(), createWork(), createWork()];
  const [first, second, third] = works.map(({ work }) => queue.add(2, work));
  assert.deepEqual(
    works.map(({ hasStarted }) => hasStarted()),
    [true, true, false],
  );
  works[1]?.end('second');
  assert.equal(await second, 'second');
  works[2]?.end('third');
  assert.equal(await third, 'third');
  works[0]?.end('first');
  assert.equal(await first, 'first');
  await queue.drained(1000);
  assert.deepEqual([Math.max(...lengths), lengths.at(-1)], [6, 0]);
});

void test('what exceeds the room is not taken, and there is room again afterwards', async () => {
  const { queue } = createQueue({ maxSize: 3 });
  const large = createWork();
  const answer = queue.add(3, large.work);
  assert.equal(
    queue.add(1, () => Promise.resolve()),
    undefined,
  );
  large.fail(new Error('no database'));
  await assert.rejects(answer ?? Promise.resolve(), /no database/);
  await queue.drained(1000);
  assert.equal(await queue.add(3, () => Promise.resolve('again')), 'again');
});

void test('what has not ended in time is given up, whether it has begun or not', async () => {
  const { queue, lengths } = createQueue({ concurrency: 1 });
  const [running, waiting] = [createWork(), createWork()];
  const answers = [running, waiting].map(({ work }) =>
    assert.rejects(queue.add(1, work) ?? Promise.resolve(), LookupsEnded),
  );
  await queue.drained(20);
  await Promise.all(answers);
  assert.deepEqual([waiting.hasStarted(), lengths.at(-1)], [false, 0]);
});
