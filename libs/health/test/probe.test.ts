import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerProbe, reportOf, type CheckResult, type ProbeQuestion } from '../src/index.ts';

const database: CheckResult = { name: 'database', required: true, ok: true, message: 'ok' };
const redis: CheckResult = { name: 'redis (BUILDLOGS_REDIS)', required: true, ok: false, message: 'gone' };
const switches: CheckResult = { name: 'owner switches', required: false, ok: false, message: 'old' };

function ask(checks: readonly CheckResult[], question: Partial<ProbeQuestion> = {}) {
  return answerProbe({ probe: 'readyz', verbose: false, exclude: [], ...question }, reportOf(checks));
}

test('all is well: one word, or a line per check', () => {
  assert.deepEqual(ask([database]), { status: 200, text: 'ok\n' });
  assert.deepEqual(ask([database], { verbose: true }), {
    status: 200,
    text: '[+]database ok\nreadyz check passed\n',
  });
});

test('what is not well is always told; only what is required fails the probe', () => {
  assert.deepEqual(ask([database, switches]), {
    status: 200,
    text: '[+]database ok\n[!]owner switches degraded: old\nreadyz check passed\n',
  });
  assert.deepEqual(ask([database, redis], { probe: 'livez' }), {
    status: 503,
    text: '[+]database ok\n[-]redis (BUILDLOGS_REDIS) failed: gone\nlivez check failed\n',
  });
});

test('a failure that does not count yet is told in the line of a check that is good', () => {
  const wavering = { ...database, message: 'failed 1 of 3 times: gone' };
  assert.deepEqual(ask([wavering]), { status: 200, text: 'ok\n' });
  assert.match(ask([wavering], { verbose: true }).text, /^\[\+\]database ok, failed 1 of 3 times: gone$/m);
});

for (const name of ['redis (BUILDLOGS_REDIS)', 'redis-buildlogs-redis'])
  test(`a check is left out, by its name or its name in a path: ${name}`, () => {
    assert.deepEqual(ask([database, redis], { exclude: [name] }), { status: 200, text: 'ok\n' });
    assert.match(
      ask([database, redis], { exclude: [name], verbose: true }).text,
      /^\[\+\]redis \(BUILDLOGS_REDIS\) excluded$/m,
    );
    assert.deepEqual(ask([database, redis], { check: name }), {
      status: 503,
      text: '[-]redis (BUILDLOGS_REDIS) failed: gone\n',
    });
  });

test('to leave out what is not there changes nothing, and is told', () => {
  const { status, text } = ask([database, redis], { exclude: ['databse'] });
  assert.equal(status, 503);
  assert.match(text, /^warn: no check is called "databse"$/m);
});

test('one check by name answers for itself, required or not', () => {
  assert.deepEqual(ask([database, redis], { check: 'database' }), { status: 200, text: 'ok\n' });
  assert.deepEqual(ask([database], { check: 'database', verbose: true }).text, '[+]database ok\n');
  assert.equal(ask([switches], { check: 'owner-switches' }).status, 503);
});

test('a check that is not there is not found, and those that are there are told', () => {
  assert.deepEqual(ask([database, redis], { check: 'disk' }), {
    status: 404,
    text: 'not found: readyz has the checks database, redis-buildlogs-redis\n',
  });
});
