import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commentText, escapeRegex } from '../src/nginx-map/escape-regex.ts';
import { renderNginxMap } from '../src/nginx-map/render-nginx-map.ts';
import { published } from './snapshots.ts';

const LIBRARY = { namespace: 'library', enabled: true };

function mapOf(fields: Record<string, unknown>): string {
  return renderNginxMap(published(fields).snapshot, LIBRARY);
}

test('with the kill switch there is nothing but the default', () => {
  const map = mapOf({ force_python: true, owners: { ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go' } });
  assert.match(map, /^map "\$request_method:\$uri" \$quay_owner \{\n {4}default python;\n\}\n$/m);
  assert.match(map, /force_python/);
});

test('lines that say what the default says are left out at the end, and kept before others', () => {
  assert.ok(!mapOf({}).includes('~'));
  const map = mapOf({ owners: { ROUTE_OWNER_CAP_V2_PULL: 'go' } });
  assert.match(map.trimEnd().split('\n').at(-2) ?? '', / go;$/);
  assert.match(map, /GET\|HEAD\|OPTIONS/);
});

test('what nginx cannot tell is said in a comment, and stays with python', () => {
  const map = mapOf({
    owners: { ROUTE_OWNER_CAP_V2_PULL: 'go', ROUTE_OWNER_CAP_V2_BLOB: 'go', ROUTE_OWNER_CAP_V2_PUSH: 'rust' },
    canaries: {
      users: ['ann'],
      percent: 5,
      by_switch: { ROUTE_OWNER_CAP_V2_BLOB: { percent: 1, orgs: ['acme'] } },
    },
  });
  assert.match(map, /^# canaries: nginx cannot tell users and percent;/m);
  assert.match(map, /^# canaries\.by_switch\.ROUTE_OWNER_CAP_V2_BLOB: nginx cannot tell percent;/m);
  assert.match(map, /^# ROUTE_OWNER_CAP_V2_PUSH: its owner is not known/m);
  assert.match(map, /acme.*blobs.* go;/);
  assert.ok(!map.includes('somebody'));
});

test('the number of a route of the registry was said not to be told apart', () => {
  for (const name of ['ROUTE_OWNER_ROUTE_0327', 'ROUTE_OWNER_ROUTE_ROUTE_0327']) {
    const map = mapOf({ owners: { [name]: 'go' } });
    assert.ok(!map.includes('not told apart'), map);
    assert.match(map, / go;$/m);
  }
  assert.match(mapOf({ owners: { ROUTE_OWNER_ROUTE_API_LISTPLANS: 'go' } }), /not told apart/);
});

test('nothing of a name is left that nginx or PCRE could give a meaning', () => {
  for (const name of [
    'a"b',
    "a'b",
    'a\\b',
    '$request_uri',
    ';}',
    '#',
    '\u2028',
    '(.*)',
    '[',
    '~^',
    '%0a',
    'é',
  ])
    assert.match(escapeRegex(name), /^(?:[A-Za-z0-9_/-]|\\\\x[0-9a-f]{2})+$/, name);
  assert.equal(escapeRegex('acme/a.b'), 'acme/a\\\\x2eb');
  assert.equal(commentText('a\nmap {'), 'a?map {');
});
