import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpProblem } from '@quay-observability/service';
import { ownerOfToken, parseAdminTokens, type AdminToken } from '../src/auth/admin-tokens.ts';
import { createAuthorize } from '../src/auth/authorize.ts';
import { createFailureLimit } from '../src/auth/failure-limit.ts';

const ANN = 'ann-has-a-long-token';
const BOB = 'bob-has-a-long-token';

function tokensOf(text: string): readonly AdminToken[] {
  const reading = parseAdminTokens(text);
  assert.ok('value' in reading, 'problem' in reading ? reading.problem : '');
  return reading.value;
}

function refusal(attempt: () => unknown): HttpProblem {
  try {
    attempt();
  } catch (error) {
    if (error instanceof HttpProblem) return error;
  }
  return assert.fail('it was not refused');
}

test('tokens are read from a list or from lines, and know their names', () => {
  for (const text of [`ann:${ANN},bob:${BOB}`, `ann:${ANN}\nbob:${BOB}\n`, ` ann:${ANN} ,\r\n bob:${BOB},`]) {
    const tokens = tokensOf(text);
    assert.equal(ownerOfToken(tokens, ANN), 'ann');
    assert.equal(ownerOfToken(tokens, BOB), 'bob');
    for (const other of ['', 'ann', `${ANN}x`, ANN.slice(1), ANN.toUpperCase()])
      assert.equal(ownerOfToken(tokens, other), undefined, other);
    assert.ok(!JSON.stringify(tokens).includes(ANN), 'the token itself is kept');
  }
});

test('a faulty token is told by its place, never by its text', () => {
  const faults = {
    [`ann:${ANN},bob:tooShort-15char`]: /token of entry 2/,
    'bob:with spaces in the token': /token of entry 1/,
    [`:${ANN}`]: /entry 1 has no name/,
    secretsecretsecret: /entry 1 has no name/,
    [`ann:${ANN},ann:${BOB}`]: /entry 2 repeats/,
    [`ann b:${ANN}`]: /entry 1 has no name/,
    [Array.from({ length: 101 }, (_, index) => `a${index}:${ANN}`).join()]: /at most 100/,
  };
  for (const [text, expected] of Object.entries(faults)) {
    const reading = parseAdminTokens(text);
    assert.ok('problem' in reading);
    assert.match(reading.problem, expected);
    for (const secret of ['tooShort', 'with spaces', ANN, 'secretsecret'])
      assert.ok(!reading.problem.includes(secret), reading.problem);
  }
});

test('only the right token is let in', () => {
  const authorize = createAuthorize(tokensOf(`ann:${ANN}`));
  assert.equal(authorize({ authorization: `Bearer ${ANN}`, address: 'a' }), 'ann');
  assert.equal(authorize({ authorization: `bearer  ${ANN}`, address: 'a' }), 'ann');
  for (const authorization of [undefined, '', ANN, `Basic ${ANN}`, `Bearer ${BOB}`, `Bearer ${ANN} ${ANN}`]) {
    const problem = refusal(() => authorize({ authorization, address: 'a' }));
    assert.equal(problem.status, 401);
    assert.match(problem.headers['WWW-Authenticate'] ?? '', /^Bearer/);
    assert.ok(!problem.message.includes(BOB));
  }
});

test('without tokens nobody is let in, and the setting is named', () => {
  const problem = refusal(() => createAuthorize([])({ authorization: `Bearer ${ANN}`, address: 'a' }));
  assert.equal(problem.status, 403);
  assert.match(problem.message, /SWITCH_ADMIN_TOKENS/);
});

test('an address that fails ten times has to wait; the right token and other addresses do not', () => {
  let nowMs = 0;
  const authorize = createAuthorize(
    tokensOf(`ann:${ANN}`),
    createFailureLimit(() => nowMs),
  );
  const fail = (address: string) => refusal(() => authorize({ authorization: `Bearer ${BOB}`, address }));
  for (let count = 0; count < 10; count += 1) assert.equal(fail('a').status, 401);
  const limited = fail('a');
  assert.equal(limited.status, 429);
  assert.equal(limited.headers['Retry-After'], '6');
  assert.equal(authorize({ authorization: `Bearer ${ANN}`, address: 'a' }), 'ann');
  assert.equal(fail('b').status, 401);
  nowMs += 6000;
  assert.equal(fail('a').status, 401);
  assert.equal(fail('a').status, 429);
  nowMs += 3_600_000;
  for (let count = 0; count < 10; count += 1) assert.equal(fail('a').status, 401);
});
