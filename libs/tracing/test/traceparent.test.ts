import { test } from 'node:test';
import assert from 'node:assert/strict';
import { isSampledTraceparent, isTraceparent, spanIdOf, traceIdOf } from '../src/traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('a valid traceparent gives its ids and its flag', () => {
  const header = `00-${TRACE}-${SPAN}-01`;
  assert.equal(isTraceparent(header), true);
  assert.equal(traceIdOf(header), TRACE);
  assert.equal(spanIdOf(header), SPAN);
});

test('the lowest bit of the flags says sampled', () => {
  for (let flags = 0; flags < 256; flags++) {
    const header = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, '0')}`;
    assert.equal(isTraceparent(header), true);
    assert.equal(isSampledTraceparent(header), (flags & 1) === 1, header);
  }
});

test('a later version may have more fields, version 00 may not', () => {
  assert.equal(isTraceparent(`01-${TRACE}-${SPAN}-01-more`), true);
  assert.equal(isTraceparent(`01-${TRACE}-${SPAN}-01`), true);
  assert.equal(isTraceparent(`01-${TRACE}-${SPAN}-01more`), false);
  assert.equal(isTraceparent(`00-${TRACE}-${SPAN}-01-more`), false);
});

test('what is not valid is no parent', () => {
  const invalid = [
    undefined,
    '',
    ['00-x', '00-y'],
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
  ];
  for (const header of invalid) assert.equal(isTraceparent(header), false, String(header));
});
