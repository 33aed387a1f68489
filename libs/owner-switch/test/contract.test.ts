import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CAPABILITIES,
  CAPABILITY_NAMES,
  createResolver,
  FAMILY_NAMES,
  isKnownSwitch,
  parseSnapshot,
  parseSwitchName,
} from '../src/index.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/contract.md'), 'utf8');
const section = /^## 13\. .*?(?=^## 14\. )/ms.exec(page)?.[0] ?? '';

test('the example of section 13 is a snapshot without faults and warnings', () => {
  const example = /```json\n(.*?)```/s.exec(section)?.[1] ?? '';
  const { snapshot, warnings } = parseSnapshot(JSON.parse(example));
  assert.deepEqual(warnings, []);
  const resolver = createResolver(snapshot);
  const pull = { family: 'REGISTRY_V2', method: 'GET', endpoint: 'v2.fetch_manifest_by_tagname' } as const;
  assert.equal(resolver.route({ ...pull, repository: 'library/nginx' }).owner, 'go');
  assert.equal(resolver.route({ ...pull, repository: 'acme/app' }).owner, 'python');
  assert.equal(resolver.worker('GCWORKER').owner, 'off');
});

test('section 13 lists every family and capability beside its family', () => {
  for (const family of FAMILY_NAMES) assert.ok(section.includes(`\`${family}\``), family);
  for (const capability of CAPABILITY_NAMES) {
    const family = CAPABILITIES[capability];
    const row = section.split('\n').find((line) => line.startsWith(`| \`${family}\``)) ?? section;
    assert.ok(row.includes(`\`${capability}\``), capability);
  }
});

test('every switch that section 13 names in full exists', () => {
  const names = [...section.matchAll(/[`"]((?:ROUTE|WORKER)_OWNER_[A-Z0-9_]+)[`"]/g)].map(
    ([, name = '']) => name,
  );
  assert.ok(names.length >= 5);
  for (const name of names) {
    const parsed = parseSwitchName(name);
    assert.ok(parsed !== undefined && isKnownSwitch(parsed), name);
  }
});
