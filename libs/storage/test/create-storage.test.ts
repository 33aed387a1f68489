import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '@quay-observability/quay-config';
import { createStorage } from '@quay-observability/storage';

const AZURE = { engine: 'AzureStorage', parameters: {} };
const LOCAL = { engine: 'LocalStorage', parameters: { storage_path: '/data' } };

function create(locations: Record<string, { engine: string; parameters: Record<string, unknown> }>, preference: string[] = []) {
  return createStorage({ locations: new Map(Object.entries(locations)), preference, defaultLocations: [] });
}

function faultsOf(parameters: Record<string, unknown>, engine: string): string[] {
  try {
    create({ here: { engine, parameters } });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map(({ key }) => key.replace('DISTRIBUTED_STORAGE_CONFIG.here.', ''));
  }
  return [];
}

test('without a preference every location is preferred, as in Quay', () => {
  assert.deepEqual(create({ one: LOCAL, two: AZURE }).preferred, ['one', 'two']);
  assert.deepEqual(create({ one: LOCAL, two: AZURE }, ['two']).preferred, ['two']);
});

test('a preferred location that there is not is a fault', () => {
  assert.throws(() => create({ one: LOCAL }, ['two']), {
    code: 'CONFIG_INVALID',
    message: /DISTRIBUTED_STORAGE_PREFERENCE.*names "two"/,
  });
});

test('parameters that are missing or malformed are named', () => {
  assert.deepEqual(faultsOf({}, 'LocalStorage'), ['storage_path']);
  assert.deepEqual(faultsOf({}, 'S3Storage'), ['s3_bucket', 'storage_path']);
  assert.deepEqual(faultsOf({ s3_bucket: 'b', storage_path: '' }, 'S3Storage'), []);
  assert.deepEqual(faultsOf({ s3_bucket: 'b', storage_path: '/', s3_access_key: 'only' }, 'S3Storage'), [
    's3_secret_key',
  ]);
  assert.deepEqual(faultsOf({ s3_bucket: 'b', storage_path: '/' }, 'CloudFrontedS3Storage'), ['s3_region']);
  assert.deepEqual(
    faultsOf({ bucket_name: ['b'], storage_path: '/', hostname: 'h', port: 'many' }, 'RadosGWStorage'),
    ['port', 'bucket_name', 'bucket_name'],
  );
  assert.deepEqual(faultsOf({ default_provider: 'x', providers: {} }, 'MultiCDNStorage'), [
    'storage_config',
    'default_provider',
  ]);
});

test('no value is in the message', () => {
  const parameters = { s3_bucket: 'b', storage_path: '/', s3_secret_key: 'TopSecret', port: 'TopSecret' };
  assert.throws(
    () => create({ here: { engine: 'S3Storage', parameters } }),
    (error: Error) => !error.message.includes('TopSecret'),
  );
});

test('what cannot be used is said, and why', () => {
  const { locations } = create({
    azure: AZURE,
    old: { engine: 'RadosGWStorage', parameters: { hostname: 'h', bucket_name: 'b', storage_path: '', signature_version: 's3' } },
    cdn: {
      engine: 'MultiCDNStorage',
      parameters: {
        storage_config: { s3_bucket: 'b', storage_path: '/', s3_region: 'eu-west-1' },
        providers: { a: ['AkamaiS3Storage', { akamai_domain: 'd' }] },
        default_provider: 'a',
      },
    },
  });
  assert.deepEqual(
    [...locations.values()].map((storage) => (storage.supported ? storage.engine : storage.reason)),
    ['the engine AzureStorage is not supported', 'its signature_version is not supported', 'MultiCDNStorage'],
  );
});
