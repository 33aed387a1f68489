import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCandidates, MOST_WINDOWS } from '../src/repository/candidates.ts';
import { createRandom } from './support/random.ts';

const seeded = (seed: number) => {
  const random = createRandom(seed);
  return () => random.next();
};

test('each is drawn once, whatever it was added for', () => {
  const candidates = createCandidates({ random: seeded(1) });
  for (const repositoryId of [7, 8, 7, 9]) candidates.add({ repositoryId, windowSeconds: 60 });
  const drawn = [1, 2, 3].map(() => candidates.draw()?.repositoryId);
  assert.deepEqual(drawn.sort(), [7, 8, 9]);
  assert.equal(candidates.draw(), undefined);
});

test('a window with many repositories is drawn as often as one with few', () => {
  let few = 0;
  for (let seed = 0; seed < 400; seed += 1) {
    const candidates = createCandidates({ random: seeded(seed) });
    candidates.add({ repositoryId: 1, windowSeconds: 0 });
    for (let repositoryId = 2; repositoryId < 100; repositoryId += 1)
      candidates.add({ repositoryId, windowSeconds: 60 });
    if (candidates.draw()?.windowSeconds === 0) few += 1;
  }
  assert.ok(few > 120 && few < 280, `${few} of 400`);
});

test('it is bounded, and one more takes the place of another', () => {
  const candidates = createCandidates({ random: seeded(3), mostRepositories: 5 });
  for (let repositoryId = 1; repositoryId <= 100; repositoryId += 1)
    candidates.add({ repositoryId, windowSeconds: 60 });
  const drawn = [1, 2, 3, 4, 5].map(() => candidates.draw()?.repositoryId);
  assert.equal(new Set(drawn).size, 5);
  assert.ok(drawn.includes(100));
  assert.equal(candidates.draw(), undefined);
});

test('so are the windows, and a window without candidates makes room', () => {
  const candidates = createCandidates({ random: () => 0 });
  for (let windowSeconds = 0; windowSeconds <= MOST_WINDOWS; windowSeconds += 1)
    candidates.add({ repositoryId: windowSeconds, windowSeconds });
  assert.equal(candidates.draw()?.repositoryId, 0);
  candidates.add({ repositoryId: 1000, windowSeconds: MOST_WINDOWS });
  const drawn = Array.from({ length: MOST_WINDOWS }, () => candidates.draw()?.repositoryId);
  assert.deepEqual(drawn.slice(-2), [MOST_WINDOWS - 1, 1000]);
  assert.equal(candidates.draw(), undefined);
});
