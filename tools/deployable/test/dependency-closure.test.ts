import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependencyClosure, type LockedPackages } from '../src/dependency-closure.ts';

const PACKAGES: LockedPackages = {
  'apps/shop': { name: '@x/shop', version: '1.0.0', dependencies: { '@x/lib': '*', parser: '^1.0.0' } },
  'libs/lib': {
    name: '@x/lib',
    version: '1.0.0',
    dependencies: { parser: '^2.0.0' },
    optionalDependencies: { fast: '*', gone: '*' },
  },
  'node_modules/@x/lib': { link: true, resolved: 'libs/lib' },
  'node_modules/parser': {
    version: '1.5.0',
    dependencies: { inner: '*', '@types/inner': '*' },
    peerDependencies: { peer: '*', unwanted: '*' },
    peerDependenciesMeta: { unwanted: { optional: true } },
  },
  'libs/lib/node_modules/parser': { version: '2.1.0', dependencies: { inner: '*' } },
  'node_modules/parser/node_modules/inner': { version: '9.0.0' },
  'node_modules/inner': { version: '1.0.0' },
  'node_modules/peer': { version: '3.0.0' },
  'node_modules/fast': { version: '4.0.0' },
  'node_modules/unwanted': { version: '5.0.0' },
  'node_modules/build-tool': { version: '6.0.0' },
};

test('takes what production needs, in the place where each importer finds its version', () => {
  assert.deepEqual(
    dependencyClosure(PACKAGES, 'apps/shop').map(({ to, version, own, optional }) => [
      to,
      version,
      own,
      optional,
    ]),
    [
      ['', '1.0.0', true, false],
      ['node_modules/@x/lib', '1.0.0', true, false],
      ['node_modules/@x/lib/node_modules/parser', '2.1.0', false, false],
      ['node_modules/fast', '4.0.0', false, true],
      ['node_modules/inner', '1.0.0', false, false],
      ['node_modules/parser', '1.5.0', false, false],
      ['node_modules/parser/node_modules/inner', '9.0.0', false, false],
      ['node_modules/peer', '3.0.0', false, false],
    ],
  );
});

test('what is optional for one package and needed by another is needed', () => {
  const packages: LockedPackages = {
    ...PACKAGES,
    'node_modules/fast': { version: '4.0.0', dependencies: { inner: '*' } },
    'node_modules/peer': { version: '3.0.0', dependencies: { fast: '*' } },
  };
  const optional = dependencyClosure(packages, 'apps/shop').filter((part) => part.optional);
  assert.deepEqual(optional, []);
});

test('what is needed and not locked is an error that says who needs it', () => {
  const { 'node_modules/peer': missing, ...incomplete } = PACKAGES;
  assert.ok(missing);
  assert.throws(() => dependencyClosure(incomplete, 'apps/shop'), /peer, which node_modules\/parser needs/);
});

test('two versions that would share one place are an error', () => {
  const clash: LockedPackages = {
    ...PACKAGES,
    'apps/shop/node_modules/inner': { version: '7.0.0' },
    'apps/shop': { name: '@x/shop', dependencies: { inner: '^7.0.0', '@x/lib': '*' } },
  };
  assert.throws(() => dependencyClosure(clash, 'apps/shop'), /would both have to be node_modules\/inner/);
});
