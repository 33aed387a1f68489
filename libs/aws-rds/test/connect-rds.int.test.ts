import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import { startAws, type AwsServer } from '@quay-observability/testkit';
import { connectRds, type RdsOptions } from '@quay-observability/aws-rds';

suite('RDS', { timeout: 120_000 }, () => {
  let aws: AwsServer;
  before(async () => {
    aws = await startAws();
  });
  after(() => aws.stop());

  /** The status, and what was said if there was none. */
  const ask = async (t: TestContext, change: Partial<RdsOptions> = {}) => {
    const failures: string[] = [];
    const rds = connectRds({
      instance: 'quay',
      region: 'us-east-1',
      keys: aws.keys,
      endpoint: aws.url,
      timeoutMs: 20_000,
      onFailure: (why) => failures.push(why),
      ...change,
    });
    t.after(() => rds.close());
    return { status: await rds.status(), failures };
  };

  test('the status of the instance, whatever it is', async (t) => {
    await aws.setRdsStatus('another', 'failed');
    for (const status of ['available', 'rebooting', 'backing-up', 'storage-full']) {
      await aws.setRdsStatus('quay', status);
      assert.deepEqual(await ask(t), { status, failures: [] });
    }
  });

  test('an instance that RDS does not know', async (t) => {
    assert.deepEqual(await ask(t, { instance: 'elsewhere' }), {
      status: 'error',
      failures: ['DBInstanceNotFoundFault'],
    });
  });

  test('refused keys', async (t) => {
    const wrongSecret = { ...aws.keys, secretAccessKey: 'AnotherSecretEntirely' };
    assert.deepEqual(await ask(t, { keys: wrongSecret }), {
      status: 'error',
      failures: ['SignatureDoesNotMatch'],
    });
    assert.deepEqual(await ask(t, { keys: aws.forbiddenKeys }), {
      status: 'error',
      failures: ['AccessDenied'],
    });
  });

  test('nobody listens', async (t) => {
    const answer = await ask(t, { endpoint: 'http://127.0.0.1:1' });
    assert.deepEqual(answer, { status: 'error', failures: ['ECONNREFUSED'] });
  });

  test('RDS does not answer', async (t) => {
    aws.signal('SIGSTOP');
    try {
      const answer = await ask(t, { timeoutMs: 500 });
      assert.equal(answer.status, 'error');
      assert.match(String(answer.failures), /^TimeoutError$/);
    } finally {
      aws.signal('SIGCONT');
    }
  });
});
