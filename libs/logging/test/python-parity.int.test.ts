import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonLine } from './capture.ts';
import { PARITY_CASES, type ParityCase } from './parity-cases.ts';

const FRAME = /^ {2}File "[^"]+", line \d+, in \S+.*\n/s;
const fixtures = join(import.meta.dirname, 'fixtures');
const input = PARITY_CASES.map((parityCase) => `${JSON.stringify(parityCase)}\n`).join('');

/** Both run in the same time zone, which is not that of most test machines. */
function run(command: string, args: readonly string[]): string[] {
  const env = { ...process.env, TZ: 'Asia/Kolkata', PYTHONIOENCODING: 'utf-8' };
  const out = execFileSync(command, args, { input, env, encoding: 'utf8' });
  return out.split('--end--\n').slice(0, -1);
}
const python = run('python3', [join(fixtures, 'python-log.py')]);
const ours = run(process.execPath, [
  '--conditions=@quay-observability/source',
  join(fixtures, 'node-log.ts'),
]);

/** Milliseconds of an asctime, read as if it were UTC; the same zone on both sides cancels out. */
function millis(asctime: string): number {
  assert.match(asctime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}$/);
  return Date.parse(`${asctime.replace(' ', 'T').replace(',', '.')}Z`);
}

function compareJson(theirs: string, mine: string, { date }: ParityCase): void {
  const [their, our] = [JSON.parse(theirs), JSON.parse(mine)] as [JsonLine, JsonLine];
  assert.deepEqual(Object.keys(our), Object.keys(their));
  assert.ok(Math.abs(millis(our.asctime) - millis(their.asctime)) < 60_000);
  assert.deepEqual([our.levelname, our.name, our.message], [their.levelname, their.name, their.message]);
  assert.equal(typeof our.process, typeof their.process);
  const { exc_info: theirFrames, when: theirDate, ...theirData } = their.data;
  const { exc_info: ourFrames, when: ourDate, ...ourData } = our.data;
  if (theirFrames !== undefined) {
    for (const frames of [theirFrames, ourFrames] as string[][]) {
      assert.match(frames.at(-1) ?? '', FRAME);
      assert.match(frames.at(-1) ?? '', /in fail\b/);
    }
    // Python's JSON leaves the text of an exception out.
    assert.equal(ourData.error, 'Exception: boom');
    delete ourData.error;
  }
  assert.deepEqual(ourData, theirData);
  if (date !== undefined) assert.equal(Date.parse(String(ourDate)), Date.parse(String(theirDate)));
  if (theirFrames === undefined && date === undefined) {
    // The same spelling, byte for byte, for parsers that look for `"levelname": "ERROR"`.
    assert.equal(mine.slice(mine.indexOf('"message": ')), theirs.slice(theirs.indexOf('"message": ')));
  }
}

function compareText(theirs: string, mine: string): void {
  const shape = /^(\S+ \S+) \[\d+\] (\[\w+\] \[[^\]]+\] .*)$/;
  const [theirHead = '', ...theirRest] = theirs.split('\n');
  const [ourHead = '', ...ourRest] = mine.split('\n');
  const [, theirTime = '', theirTail = ''] = shape.exec(theirHead) ?? [];
  const [, ourTime = '', ourTail = ''] = shape.exec(ourHead) ?? [];
  assert.ok(Math.abs(millis(ourTime) - millis(theirTime)) < 60_000);
  // Python's text drops the fields; here they follow the message.
  assert.ok(ourTail.startsWith(theirTail), `${ourTail} does not start with ${theirTail}`);
  const extra = ourTail.slice(theirTail.length);
  if (extra !== '') assert.equal(typeof JSON.parse(extra), 'object');
  assert.equal(ourRest[0], theirRest[0]);
  if (theirRest[0]?.startsWith('Traceback') === true) {
    assert.match(`${ourRest.at(-3)}\n`, FRAME);
    assert.equal(ourRest.at(-2), 'RangeError: boom');
    assert.equal(theirRest.at(-2), 'ValueError: boom');
  } else {
    assert.equal(ourRest.length, 1);
  }
}

test('both runtimes logged every case', () => {
  assert.deepEqual([python.length, ours.length], [PARITY_CASES.length, PARITY_CASES.length]);
});
for (const [index, parityCase] of PARITY_CASES.entries()) {
  test(`the same line as Python: ${parityCase.title}`, () => {
    const [theirs = '', mine = ''] = [python[index], ours[index]];
    if (parityCase.json) compareJson(theirs, mine, parityCase);
    else compareText(theirs, mine);
  });
}
