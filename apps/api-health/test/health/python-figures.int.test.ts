import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { pythonEnvironment } from '@quay-observability/testkit';
import { usedPercent } from '../../src/health/disk-space-check.ts';
import { pythonJson, type JsonValue } from '../../src/health/python-json.ts';

/** What a program in Python prints about values that it gets as JSON. */
async function askPython<T>(program: string, values: unknown): Promise<T> {
  const { python } = await pythonEnvironment('quay');
  return JSON.parse(
    execFileSync(python, ['-c', program], { input: JSON.stringify(values), encoding: 'utf8' }),
  ) as T;
}

test('a body has the bytes of Flask', async () => {
  const values: JsonValue[] = [
    {},
    { b: true, a: false, ä: null, B: 1, '10': 1, '9': 2, 'a.b': [] },
    { data: { z: [{ b: '"\\/\b\f\n\r\t', a: '\u0000\u001f\u007f\u0080' }] }, status_code: 200 },
    { text: 'Grüße 𝄞 \u2028 </script> \ud800' },
  ];
  const program = `
import flask, json, sys
app = flask.Flask('test')
print(json.dumps([app.json.response(value).get_data(as_text=True) for value in json.load(sys.stdin)]))`;
  assert.deepEqual(values.map(pythonJson), await askPython<string[]>(program, values));
});

test('used space is rounded as psutil rounds it', async () => {
  const counts = Array.from({ length: 5000 }, (_, index) => {
    // The first ones fall on .x25 and .x75, where Python rounds to the even digit.
    const blocks = index < 1600 ? 1600 : 1000 + Math.floor(Math.random() * 1e9);
    const used = index < 1600 ? index : Math.floor(Math.random() * blocks);
    const bfree = blocks - used;
    return { blocks, bfree, bavail: index < 1600 ? bfree : Math.floor(bfree * 0.95) };
  });
  const program = `
import json, sys
def percent(counts):
    used = counts['blocks'] - counts['bfree']
    return round(float(used) / (used + counts['bavail']) * 100, 1)
print(json.dumps([str(percent(each)) for each in json.load(sys.stdin)]))`;
  const expected = await askPython<string[]>(program, counts);
  assert.deepEqual(
    counts.map((each) => usedPercent(each).toFixed(1)),
    expected,
  );
});

test('a volume without blocks has none in use', () => {
  assert.equal(usedPercent({ blocks: 0, bfree: 0, bavail: 0 }), 0);
});
