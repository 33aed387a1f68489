import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLogSettings } from '../src/index.ts';

test('JSON without debugging is the default', () => {
  assert.deepEqual(parseLogSettings({}), { json: true, debug: false });
  assert.deepEqual(parseLogSettings({ JSONLOG: '', DEBUGLOG: '' }), { json: true, debug: false });
});

test('JSONLOG and DEBUGLOG are read in any case; what is not true is false, as in Python', () => {
  for (const value of ['true', 'True', 'TRUE']) {
    assert.deepEqual(parseLogSettings({ JSONLOG: value, DEBUGLOG: value }), { json: true, debug: true });
  }
  for (const value of ['false', 'False', 'FALSE', '0', 'no', '1']) {
    assert.deepEqual(parseLogSettings({ JSONLOG: value, DEBUGLOG: value }), { json: false, debug: false });
  }
});
