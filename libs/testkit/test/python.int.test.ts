import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { pythonEnvironment } from '../src/python.ts';

test('two callers at once share one environment, which has the pinned packages', async () => {
  const [first, second] = await Promise.all([pythonEnvironment('quay'), pythonEnvironment('quay')]);
  assert.equal(first.python, second.python);
  const version = execFileSync(first.python, [
    '-c',
    'import importlib.metadata as m; print(m.version("prometheus_client"))',
  ]);
  assert.equal(version.toString().trim(), '0.7.1');
});

test('a machine without Python is told which packages to install', async () => {
  await assert.rejects(pythonEnvironment('quay', { pythonCommand: 'python3-is-not-here' }), {
    message: /apt-get install python3 python3-venv/,
  });
});
