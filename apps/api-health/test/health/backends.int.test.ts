import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { connectRds } from '@quay-observability/aws-rds';
import {
  startAws,
  startDirectory,
  waitUntil,
  type AwsServer,
  type Server,
} from '@quay-observability/testkit';
import { askHealth, debugSession } from './ask-health.ts';
import { SECRET, startHealthStage, type HealthStage, type NewRuntime } from './health-stage.ts';

const BUCKET = 'quay-storage';
const DIRECTORY = { dn: 'cn=admin,dc=example,dc=org', password: 'TheDirectoryPassword' };

type Health = {
  status: number;
  services: Record<string, boolean>;
  expanded: Record<string, { failure?: string; message?: string }>;
  notes: string[];
};

suite('the whole app with S3, a directory and RDS', { timeout: 600_000 }, () => {
  let stage: HealthStage;
  let aws: AwsServer;
  let directory: Server;
  let runtime: NewRuntime;
  let session: Record<string, string>;

  before(async () => {
    [stage, aws, directory] = await Promise.all([startHealthStage(), startAws(), startDirectory(DIRECTORY)]);
    await aws.createBucket(BUCKET);
    const { accessKeyId, secretAccessKey } = aws.keys;
    const bucket = {
      hostname: '127.0.0.1',
      port: aws.port,
      is_secure: false,
      bucket_name: BUCKET,
      storage_path: '/registry',
      access_key: accessKeyId,
      secret_key: secretAccessKey,
    };
    runtime = await stage.startNew(
      {
        DISTRIBUTED_STORAGE_CONFIG: {
          s3: ['RadosGWStorage', bucket],
          spare: ['RadosGWStorage', { ...bucket, bucket_name: 'no-such-bucket' }],
          azure: ['AzureStorage', { azure_container: 'x', azure_account_key: 'TheAzureKey' }],
        },
        DISTRIBUTED_STORAGE_PREFERENCE: ['s3'],
        AUTHENTICATION_TYPE: 'LDAP',
        LDAP_URI: directory.url,
        LDAP_ADMIN_DN: DIRECTORY.dn,
        LDAP_ADMIN_PASSWD: DIRECTORY.password,
        HEALTH_CHECKER: [
          'RDSAwareHealthCheck',
          { access_key: accessKeyId, secret_key: secretAccessKey, db_instance: 'quay' },
        ],
      },
      { HEALTH_RDS_ENDPOINT_URL: aws.url },
    );
    session = await debugSession(runtime.url, SECRET);
  });
  after(async () => {
    const secrets = [aws.keys.secretAccessKey, DIRECTORY.password, 'TheAzureKey'];
    const log = runtime.app.process.log();
    await runtime.app.stop();
    await Promise.all([directory.stop(), aws.stop(), stage.stop()]);
    for (const secret of secrets) assert.ok(!log.includes(secret), 'no secret is in the log');
  });

  const ask = async (path: string): Promise<Health> => {
    const { status, body } = await askHealth(runtime.url, path, { headers: session });
    const { data } = JSON.parse(body) as {
      data: { services: Health['services']; services_expanded: Health['expanded']; notes: string[] };
    };
    return { status, services: data.services, expanded: data.services_expanded, notes: data.notes };
  };

  test('all is well; what is not preferred, and what cannot be checked, is told', async () => {
    // On a machine under load the first questions may take longer than a check has.
    const { expanded } = await waitUntil('all to be well', async () => {
      const health = await ask('/health/endtoend');
      return health.status === 200 && health;
    });
    assert.match(
      expanded.storage?.message ?? '',
      /^Non-preferred storage 'spare' unavailable: .*the server answers 404, NotFound; Storage 'azure' not checked: the engine AzureStorage is not supported$/,
    );
  });

  test('S3 that hangs, and a directory that is away, each fail their service alone', async () => {
    aws.signal('SIGSTOP');
    const hanging = await ask('/health/endtoend');
    aws.signal('SIGCONT');
    assert.equal(hanging.status, 503);
    assert.deepEqual(hanging.services, { auth: true, database: true, redis: true, storage: false });
    assert.match(
      hanging.expanded.storage?.failure ?? '',
      /^Preferred storage 's3' check failed: .*no answer within/,
    );
    await directory.kill();
    const away = await ask('/health/instance');
    await directory.restart();
    assert.equal(away.status, 503);
    assert.equal(away.services.auth, false);
    assert.equal(away.expanded.auth?.failure, "Can't contact LDAP server: ECONNREFUSED");
    assert.match(runtime.app.process.log(), /HEALTH CHECK.*Can't contact LDAP server: ECONNREFUSED/);
    await waitUntil('both to be well again', async () => (await ask('/health/endtoend')).status === 200);
  });

  test('a database that RDS says is rebooting does not count for the instance, and does end to end', async () => {
    await aws.setRdsStatus('quay', 'rebooting');
    // The app gives RDS two seconds: its first answer takes longest.
    const keys = { region: 'us-east-1', keys: aws.keys, endpoint: aws.url };
    const rds = connectRds({ instance: 'quay', ...keys, timeoutMs: 60_000 });
    assert.equal(await rds.status(), 'rebooting');
    rds.close();
    await stage.postgres.kill();
    const instance = await ask('/health/instance');
    assert.equal(instance.status, 200, JSON.stringify(instance));
    assert.equal(instance.services.database, false);
    assert.deepEqual(instance.notes, [
      'DB reports unhealthy; RDS status: rebooting',
      'database skipped in compute health',
    ]);
    assert.equal((await ask('/health/endtoend')).status, 503);
    await stage.postgres.restart();
  });
});
