import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOCUMENTS, readDocument } from '../src/documents.ts';

for (const { path, render } of DOCUMENTS) {
  test(`${path} is what its generator makes; if not: npx nx run docs:write`, () => {
    assert.equal(readDocument(path), render());
  });
}
