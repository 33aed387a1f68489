import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFolder, temporaryFolder } from '@quay-observability/testkit';
import { createFileSource } from '../../src/owner-switches/file-source.ts';

const WHOLE = `version: 20
updated_at: 2026-11-23T10:00:00Z
owners:
  ROUTE_OWNER_CAP_V2_PULL: go
canaries:
  percent: 0
`;

test('a YAML file cut at the end of a line widened go to everybody: once marked, an end is required', async () => {
  const folder = temporaryFolder('cut-off');
  const file = join(folder, 'switches.yaml');
  const source = createFileSource(file);
  const replace = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const poll = () =>
    source.poll({
      inForce: { version: 0, phase: 'last-known-good', ageSeconds: 0 },
      waitMs: 0,
      signal: AbortSignal.timeout(10_000),
    });
  try {
    replace(`${WHOLE}...\n`);
    assert.notEqual(await poll(), 'unchanged');
    replace(WHOLE.replace('20', '21').split('canaries:')[0] ?? '');
    await assert.rejects(poll(), /cut off/);
    replace(`${WHOLE.replace('20', '22')}...\n`);
    assert.notEqual(await poll(), 'unchanged');
    replace('{"version": 23, "updated_at": "2026-11-23T10:00:00Z", "owners": {}}');
    assert.notEqual(await poll(), 'unchanged');
  } finally {
    removeFolder(folder);
  }
});
