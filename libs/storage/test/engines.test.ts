import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnderMount, parseMounts } from '../src/local/mounts.ts';
import { readParameters } from '../src/parameters.ts';
import { endpointUrl } from '../src/s3/endpoint-url.ts';
import { S3_ENGINES } from '../src/s3/engines.ts';
import { objectKey } from '../src/s3/s3-location.ts';

test('endpoints by the rules of Quay', () => {
  assert.equal(endpointUrl('s3.example', undefined, true), 'https://s3.example');
  assert.equal(endpointUrl('s3.example', 9000, false), 'http://s3.example:9000');
  assert.equal(endpointUrl('https://s3.example', 9000, false), 'https://s3.example:9000');
  assert.equal(endpointUrl('s3.example:8080/', 9000, true), 'https://s3.example:8080/');
});

test('a region wins over host and endpoint', () => {
  const bucket = { s3_bucket: 'b', storage_path: '/images' };
  const other = { host: 'h', port: '444', endpoint_url: 'http://e' };
  const endpoint = (parameters: Record<string, unknown>) => locate('S3Storage', { ...bucket, ...parameters }).endpoint;
  assert.equal(endpoint({}), undefined);
  assert.equal(endpoint({ host: 'h', port: '444' }), 'https://h:444');
  assert.equal(endpoint(other), 'http://e');
  assert.equal(endpoint({ ...other, s3_region: 'eu-west-1' }), 'https://s3.eu-west-1.amazonaws.com');
  assert.equal(endpoint({ s3_region: 'cn-north-1' }), 'https://s3.cn-north-1.amazonaws.com.cn');
});

test('Google has one endpoint, and nothing but AWS is asked to encrypt', () => {
  const google = locate('GoogleCloudStorage', { bucket_name: 'b', storage_path: '', access_key: 'i', secret_key: 's' });
  assert.deepEqual(google, {
    bucket: 'b',
    root: '',
    endpoint: 'https://storage.googleapis.com',
    region: undefined,
    keys: { accessKeyId: 'i', secretAccessKey: 's' },
    roleArn: undefined,
    encrypted: false,
    signatureVersion: undefined,
  });
  const keys = { s3_access_key: 'i', s3_secret_key: 's', aws_session_token: 't' };
  const amazon = locate('S3Storage', { s3_bucket: 'b', storage_path: '', ...keys });
  assert.equal(amazon.encrypted, true);
  assert.deepEqual(amazon.keys, { accessKeyId: 'i', secretAccessKey: 's', sessionToken: 't' });
});

test('keys of objects join as in Quay', () => {
  assert.equal(objectKey('/images', 'sha256/ab/abcd'), 'images/sha256/ab/abcd');
  assert.equal(objectKey('images/', 'x'), 'images/x');
  assert.equal(objectKey('', 'x'), 'x');
  assert.equal(objectKey('/', 'x'), 'x');
});

test('mounts', () => {
  const mounts = parseMounts('overlay / overlay rw 0 0\n/dev/sdb /data\\040store ext4 rw 0 0\n');
  assert.deepEqual(mounts, ['/', '/data store']);
  assert.equal(isUnderMount('/data store/registry', mounts), true);
  assert.equal(isUnderMount('/data store', mounts), true);
  assert.equal(isUnderMount('/data storefront', mounts), false);
  assert.equal(isUnderMount('/srv', mounts), false);
});

function locate(engine: string, parameters: Record<string, unknown>) {
  const read = S3_ENGINES.get(engine);
  assert.ok(read !== undefined);
  const reading = readParameters('X', parameters);
  const location = read(reading);
  assert.deepEqual(reading.faults, []);
  return location;
}
