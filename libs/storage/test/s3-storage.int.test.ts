import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startAws, waitUntil, type AwsKeys, type AwsServer } from '@quay-observability/testkit';
import { blobPath, createStorage, type BlobStorage, type StorageOptions } from '@quay-observability/storage';
import { startBoto3, type Boto3Peer } from './boto3-peer.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { storageOf } from './storage-of.ts';

const BUCKET = 'quay-storage';
const ROOT = '/datastorage/registry';
const BLOB = blobPath('sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b');

suite('S3', { timeout: 600_000 }, () => {
  let aws: AwsServer;
  let boto3: Boto3Peer;

  before(async () => {
    aws = await startAws();
    boto3 = await startBoto3(aws, BUCKET, ROOT);
    await boto3.ask('create_bucket');
  });
  after(async () => {
    await boto3.stop();
    await aws.stop();
  });

  const amazon = (
    change: Record<string, unknown> = {},
    keys: AwsKeys = aws.keys,
    options: StorageOptions = {},
  ): BlobStorage =>
    storageOf(
      'S3Storage',
      {
        endpoint_url: aws.url,
        s3_bucket: BUCKET,
        storage_path: ROOT,
        s3_access_key: keys.accessKeyId,
        s3_secret_key: keys.secretAccessKey,
        ...change,
      },
      options,
    );
  const hosted = (change: Record<string, unknown> = {}, engine = 'RadosGWStorage'): BlobStorage =>
    storageOf(engine, {
      hostname: '127.0.0.1',
      port: aws.port,
      is_secure: false,
      bucket_name: BUCKET,
      storage_path: ROOT,
      access_key: aws.keys.accessKeyId,
      secret_key: aws.keys.secretAccessKey,
      ...change,
    });

  test('what boto3 wrote in the layout of Quay is there, is read, and goes', async (t) => {
    const storage = amazon();
    t.after(() => storage.close());
    assert.equal(await storage.exists(BLOB), false);
    await boto3.ask('put', BLOB, 'a layer');
    assert.equal(await storage.exists(BLOB), true);
    assert.equal(Buffer.from(await storage.read(BLOB)).toString(), 'a layer');
    await storage.remove(BLOB);
    assert.equal(await boto3.ask('exists', BLOB), false);
    await storage.remove(BLOB);
  });

  test('what is written here boto3 finds where Quay looks, encrypted as Quay asks for', async (t) => {
    const storage = amazon();
    t.after(() => storage.close());
    await storage.write('uploads/1', Buffer.from('begun'));
    assert.equal(await boto3.ask('get', 'uploads/1'), 'begun');
    assert.equal(await boto3.ask('encryption', 'uploads/1'), 'AES256');
    await storage.remove('uploads/1');
  });

  for (const engine of ['RadosGWStorage', 'RHOCSStorage', 'IBMCloudStorage']) {
    test(`${engine} is verified, and keeps nothing`, async (t) => {
      const storage = hosted({}, engine);
      t.after(() => storage.close());
      await storage.verify();
      assert.deepEqual(await boto3.ask('keys'), []);
    });
  }

  test('a role is assumed once, with the keys of a user; a proxy of the environment is used', async (t) => {
    const proxy = await startForwardProxy();
    process.env.AWS_ENDPOINT_URL_STS = aws.url;
    process.env.HTTP_PROXY = proxy.url;
    t.after(() => {
      delete process.env.AWS_ENDPOINT_URL_STS;
      delete process.env.HTTP_PROXY;
      proxy.stop();
    });
    const storage = storageOf('STSS3Storage', {
      endpoint_url: aws.url,
      s3_bucket: BUCKET,
      storage_path: ROOT,
      sts_role_arn: await aws.createRole('quay-storage'),
      sts_user_access_key: aws.keys.accessKeyId,
      sts_user_secret_key: aws.keys.secretAccessKey,
    });
    t.after(() => storage.close());
    await storage.verify();
    await storage.verify();
    const methods = proxy.seen.map((line) => line.split(' ', 1)[0]);
    assert.deepEqual(methods, ['POST', 'HEAD', 'PUT', 'GET', 'DELETE', 'PUT', 'GET', 'DELETE']);
  });

  test('a wrong secret, a user without rights and a wrong bucket each fail, without a secret in the error', async (t) => {
    const wrongSecret = { ...aws.keys, secretAccessKey: 'AnotherSecretEntirely' };
    for (const [storage, expected] of [
      [amazon({}, wrongSecret), /the server answers 403/],
      [amazon({}, aws.forbiddenKeys), /the server answers 403/],
      [amazon({ s3_bucket: 'no-such-bucket' }), /the server answers 404/],
      [hosted({ bucket_name: 'no-such-bucket' }), /the server answers 404/],
    ] as const) {
      t.after(() => storage.close());
      for (const attempt of [
        () => storage.verify(),
        () => storage.exists(BLOB),
        () => storage.remove(BLOB),
      ]) {
        const error: unknown = await attempt().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'STORAGE_FAILED');
        assert.match(error.message, expected);
        assert.match(error.message, /^Storage location here: cannot /);
        for (const secret of [...Object.values(aws.keys), 'AnotherSecretEntirely'])
          assert.ok(!error.message.includes(secret));
      }
    }
  });

  test('a server that does not answer is given up on, and asked again once it does', async (t) => {
    const storage = amazon({}, aws.keys, { timeoutMs: 1000, maxPending: 2 });
    t.after(() => storage.close());
    await eventually(() => storage.verify());
    aws.signal('SIGSTOP');
    try {
      await assert.rejects(() => storage.verify(), {
        code: 'STORAGE_FAILED',
        message: /no answer within 1000 ms$/,
      });
      const called = new AbortController();
      const attempt = storage.verify(called.signal);
      called.abort();
      await assert.rejects(attempt, { code: 'STORAGE_FAILED', message: /it was called off$/ });
    } finally {
      aws.signal('SIGCONT');
    }
    await eventually(() => storage.verify());
  });

  test('what a server writes that answers too late goes with a later check', async (t) => {
    const storage = amazon({}, aws.keys, { timeoutMs: 1000 });
    t.after(() => storage.close());
    await eventually(() => storage.verify());
    aws.signal('SIGSTOP');
    try {
      for (let check = 0; check < 3; check += 1)
        await assert.rejects(() => storage.verify(), { message: /cannot write .*no answer within 1000 ms$/ });
    } finally {
      aws.signal('SIGCONT');
    }
    await waitUntil('nothing to be left', async () => {
      await storage.verify();
      return ((await boto3.ask('keys')) as unknown[]).length === 0;
    });
  });

  test('nobody listens', async (t) => {
    const storage = amazon({ endpoint_url: 'http://127.0.0.1:1' });
    t.after(() => storage.close());
    await assert.rejects(() => storage.verify(), { code: 'STORAGE_FAILED', message: /: ECONNREFUSED$/ });
  });

  test('a path that leads elsewhere is refused before anything is asked', async (t) => {
    const storage = amazon({ endpoint_url: 'http://127.0.0.1:1' });
    t.after(() => storage.close());
    for (const path of ['../x', 'a/../../x', '/etc/passwd', '', 'a//b', 'a\\b', 'a\u0000b'])
      await assert.rejects(() => storage.remove(path), { code: 'STORAGE_PATH_INVALID' });
  });

  test('a location of an engine that is not supported is no healthy one', () => {
    const { locations } = createStorage({
      locations: new Map([['here', { engine: 'AzureStorage', parameters: { azure_container: 'x' } }]]),
      preference: [],
      defaultLocations: [],
    });
    const [storage] = locations.values();
    assert.ok(storage?.supported === false);
    assert.equal(storage.reason, 'the engine AzureStorage is not supported');
  });
});

async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let left = 20; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
