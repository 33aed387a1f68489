import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import '../src/index.ts';

setFlagsFromString('--allow-natives-syntax');
const isFast = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;

test('strings are fast after ioredis has been loaded', () => {
  assert.equal(isFast(String.prototype), true);
});

test('a class that extends String makes them slow otherwise', () => {
  // A context has strings of its own. Once this fails, V8 has learnt better, and fast-strings.ts may go.
  const prototype = runInNewContext('(class extends String {}); String.prototype') as object;
  assert.equal(isFast(prototype), false);
});
