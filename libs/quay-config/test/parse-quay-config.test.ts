import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_KEYS } from '../src/config-keys.ts';
import { ConfigError, parseQuayConfig, type QuayConfig } from '../src/index.ts';

const SOURCE = '/conf/stack/config.yaml';

function parse(yamlText: string, env: Record<string, string> = {}): QuayConfig {
  return parseQuayConfig(yamlText, { source: SOURCE, env });
}

function faultsOf(yamlText: string, env: Record<string, string> = {}): ConfigError {
  try {
    parse(yamlText, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
  throw new Error('the configuration was accepted');
}

test('an empty file means the defaults of Quay', () => {
  const config = parse('');
  assert.deepEqual(config.database, { primary: undefined, replicas: [] });
  assert.deepEqual(config.redis.pullMetrics, {
    host: 'localhost',
    port: 6379,
    db: 1,
    connectTimeoutMs: 5000,
    commandTimeoutMs: 5000,
  });
  assert.equal(config.redis.userEvents.db, 0);
  assert.deepEqual(config.pullStatistics, {
    enabled: false,
    workerCount: 5,
    flushIntervalSeconds: 300,
    flushBatchSize: 1000,
    flushScanCount: 100,
  });
  assert.equal(config.trackedNamespaces.size, 0);
  assert.deepEqual(config.tracing, {
    enabled: false,
    serviceName: 'quay',
    endpoint: 'http://jaeger:4317',
    dynatrace: undefined,
    sampleRate: 0.001,
    excludedUrls: [],
  });
  assert.deepEqual(config.library, { namespace: 'library', enabled: true });
  assert.equal(config.registryState, 'normal');
  assert.equal(config.prometheus.namespace, 'quay');
  assert.equal(config.globalStatistics.intervalSeconds, 3600);
  assert.equal(config.garbageCollection.intervalSeconds, 30);
  assert.deepEqual(config.health.checker, { name: 'LocalHealthCheck', parameters: {} });
  assert.equal(config.health.diskSpaceThreshold, 0.01);
  assert.equal(config.health.serviceKeyIdFile, 'conf/quay.kid');
  assert.deepEqual(config.warnings, []);
});

test('unknown keys are ignored, whatever they hold', () => {
  assert.deepEqual(parse('SOMETHING_NEW: [1, {a: b}]\nlowercase: 3\n5: x').warnings, []);
});

test('null means the default', () => {
  const config = parse(
    'DB_READ_REPLICAS:\nOTEL_CONFIG: null\nFEATURE_LIBRARY_SUPPORT: ~\nPULL_METRICS_REDIS:',
  );
  assert.deepEqual(config.database.replicas, []);
  assert.equal(config.tracing.sampleRate, 0.001);
  assert.equal(config.library.enabled, true);
  assert.equal(config.redis.pullMetrics.db, 1);
  assert.deepEqual(config.warnings, []);
});

test('an empty text means the default for every key but the switches, of which it means false', () => {
  const empty = Object.entries(CONFIG_KEYS).map(([name]) => `${name}: ""`);
  const config = parse(empty.join('\n'));
  const standard = parse('');
  const off = { enabled: false, repositoryGcEnabled: false, namespaceGcEnabled: false };
  assert.deepEqual(config, {
    ...standard,
    library: { namespace: 'library', enabled: false },
    garbageCollection: { ...standard.garbageCollection, ...off },
    quota: { enabled: false, invalidateTotals: false },
    health: { ...standard.health, isTesting: false },
  });
  const override = { QUAY_OVERRIDE_CONFIG: '{"DB_URI": "", "PROMETHEUS_NAMESPACE": ""}' };
  const overridden = parse('DB_URI: postgresql://h/quay\nPROMETHEUS_NAMESPACE: file', override);
  assert.equal(overridden.database.primary, undefined);
  assert.equal(overridden.prometheus.namespace, 'quay');
});

test('false means that an optional text is not there, 0 and 1 are booleans', () => {
  const config = parse('ENABLE_HEALTH_DEBUG_SECRET: false\nFEATURE_BILLING: 1\nFEATURE_LIBRARY_SUPPORT: 0');
  assert.equal(config.health.debugSecret, undefined);
  assert.equal(config.health.billing, true);
  assert.equal(config.library.enabled, false);
  assert.equal(faultsOf('PROMETHEUS_NAMESPACE: false').faults[0]?.key, 'PROMETHEUS_NAMESPACE');
});

test('a number is taken as text where a text is expected, to its last digit', () => {
  const { health, securityScanner, redis } = parse(
    'ENABLE_HEALTH_DEBUG_SECRET: 12345\nSECURITY_SCANNER_V4_PSK: 1.5\nBUILDLOGS_REDIS: {password: 12345678901234567891}',
  );
  assert.equal(health.debugSecret, '12345');
  assert.equal(securityScanner.psk, '1.5');
  assert.equal(redis.buildLogs.password, '12345678901234567891');
});

test('a registry state that is no state counts as normal, as in Python, and is warned about', () => {
  for (const state of ['sometimes', 'READONLY', '5', '[readonly]']) {
    const config = parse(`REGISTRY_STATE: ${state}`);
    assert.equal(config.registryState, 'normal');
    assert.match(config.warnings.join(), /^REGISTRY_STATE is neither normal nor readonly/);
  }
  assert.deepEqual(parse('REGISTRY_STATE: readonly').warnings, []);
  assert.deepEqual(parse('REGISTRY_STATE: normal').warnings, []);
});

test('every database server tells where its URL and its arguments come from', () => {
  const yaml = `
DB_URI: postgresql://primary/quay
DB_CONNECTION_ARGS: {sslmode: disable}
DB_READ_REPLICAS:
  - DB_URI: postgresql://replica1/quay
  - {DB_URI: postgresql://replica2/quay, DB_CONNECTION_ARGS: {}}
`;
  const { primary, replicas } = parse(yaml, { DB_URI: 'postgresql://other/quay' }).database;
  assert.deepEqual(
    [primary, ...replicas].map((server) => server?.origin),
    [
      {
        uri: 'DB_URI (environment variable DB_URI)',
        connectionArgs: `DB_CONNECTION_ARGS (${SOURCE})`,
      },
      {
        uri: `DB_READ_REPLICAS[0].DB_URI (${SOURCE})`,
        connectionArgs: `DB_CONNECTION_ARGS (${SOURCE})`,
      },
      {
        uri: `DB_READ_REPLICAS[1].DB_URI (${SOURCE})`,
        connectionArgs: `DB_READ_REPLICAS[1].DB_CONNECTION_ARGS (${SOURCE})`,
      },
    ],
  );
});

test('a database with replicas: a replica without arguments takes those of the primary', () => {
  const { database } = parse(`
DB_URI: postgresql://user:secret@primary/quay
DB_CONNECTION_ARGS: {sslmode: verify-full, threadlocals: true}
DB_READ_REPLICAS:
  - DB_URI: postgresql://user:secret@replica1/quay
  - DB_URI: postgresql://user:secret@replica2/quay
    DB_CONNECTION_ARGS: {sslmode: disable}
`);
  assert.equal(database.primary?.uri, 'postgresql://user:secret@primary/quay');
  assert.deepEqual(
    database.replicas.map(({ connectionArgs }) => connectionArgs.sslmode),
    ['verify-full', 'disable'],
  );
});

test('an environment variable overrides the file, QUAY_OVERRIDE_CONFIG lies between', () => {
  const yaml = 'PROMETHEUS_NAMESPACE: file\nLIBRARY_NAMESPACE: file\nREGISTRY_STATE: readonly';
  const config = parse(yaml, {
    QUAY_OVERRIDE_CONFIG: '{"PROMETHEUS_NAMESPACE": "override", "LIBRARY_NAMESPACE": "override"}',
    PROMETHEUS_NAMESPACE: 'variable',
    REGISTRY_STATE: '',
  });
  assert.equal(config.prometheus.namespace, 'variable');
  assert.equal(config.library.namespace, 'override');
  assert.equal(config.registryState, 'readonly', 'an empty variable counts as absent');
});

test('structured variables are YAML or JSON, texts are taken as they are', () => {
  const config = parse('', {
    DB_URI: 'postgresql://user:a: b@host/quay',
    PULL_METRICS_REDIS: '{"host": "redis", "port": 6380, "db": 3}',
    TRACKED_NAMESPACES: '[quay, redhat]',
    FEATURE_IMAGE_PULL_STATS: 'True',
    REDIS_FLUSH_INTERVAL_SECONDS: '0.5',
    OTEL_CONFIG: 'sample_rate: 0.25',
    OTEL_TRACING_EXCLUDED_URLS: 'api/v1/.*, v2/_catalog,',
    QUAY_OVERRIDE_SERVICES: 'gcworker=false, globalpromstats=true',
  });
  assert.equal(config.database.primary?.uri, 'postgresql://user:a: b@host/quay');
  assert.equal(config.redis.pullMetrics.port, 6380);
  assert.deepEqual([...config.trackedNamespaces.keys()], ['quay', 'redhat']);
  assert.equal(config.pullStatistics.enabled, true);
  assert.equal(config.pullStatistics.flushIntervalSeconds, 0.5);
  assert.equal(config.tracing.sampleRate, 0.25);
  assert.deepEqual(config.tracing.excludedUrls, ['api/v1/.*', 'v2/_catalog']);
  assert.deepEqual(config.overrideServices, ['gcworker=false', 'globalpromstats=true']);
});

test('all faults at once, each with its key and where it came from', () => {
  const error = faultsOf(
    `
DB_URI: {host: x}
DB_READ_REPLICAS: [{DB_CONNECTION_ARGS: {}}, nonsense]
LIBRARY_NAMESPACE: [library]
USER_EVENTS_REDIS: {port: 70000, db: -1}
FEATURE_IMAGE_PULL_STATS: maybe
DISKSPACE_HEALTH_THRESHOLD: 3
DISTRIBUTED_STORAGE_CONFIG: {s3: [S3Storage, text]}
HEALTH_CHECKER: LocalHealthCheck
`,
    { GARBAGE_COLLECTION_FREQUENCY: '0', OTEL_CONFIG: '{a' },
  );
  const lines = error.faults.map(({ key, source, problem }) => `${key} | ${source} | ${problem}`);
  assert.deepEqual(lines, [
    `DB_URI | ${SOURCE} | expected a string that is not empty`,
    `DB_READ_REPLICAS[0].DB_URI | ${SOURCE} | is missing: expected a string that is not empty`,
    `DB_READ_REPLICAS[1] | ${SOURCE} | expected a mapping with DB_URI`,
    `USER_EVENTS_REDIS.port | ${SOURCE} | expected a whole number between 1 and 65535`,
    `USER_EVENTS_REDIS.db | ${SOURCE} | expected a whole number of 0 or more`,
    `FEATURE_IMAGE_PULL_STATS | ${SOURCE} | expected true or false`,
    `LIBRARY_NAMESPACE | ${SOURCE} | expected a string that is not empty`,
    'OTEL_CONFIG | environment variable OTEL_CONFIG | expected a mapping as YAML or JSON',
    'GARBAGE_COLLECTION_FREQUENCY | environment variable GARBAGE_COLLECTION_FREQUENCY | expected a number of seconds above 0, at most 2147483',
    `DISTRIBUTED_STORAGE_CONFIG.s3[1] | ${SOURCE} | expected a mapping`,
    `HEALTH_CHECKER | ${SOURCE} | expected [name, parameters]`,
    `DISKSPACE_HEALTH_THRESHOLD | ${SOURCE} | expected a number between 0 and 1`,
  ]);
  assert.equal(error.code, 'CONFIG_INVALID');
  for (const { key, source } of error.faults) assert.ok(error.message.includes(`${key} (${source})`));
});

const NASTY = [
  's3cret',
  '{a: s3cret}',
  '[s3cret]',
  '[[s3cret]]',
  '[{a: s3cret}]',
  '{a: [s3cret, s3cret]}',
  's3cret,s3cret',
];
const KEYS = [
  'DB_URI',
  'DB_CONNECTION_ARGS',
  'DB_READ_REPLICAS',
  'PULL_METRICS_REDIS',
  'OTEL_CONFIG',
  'DISTRIBUTED_STORAGE_CONFIG',
  'HEALTH_CHECKER',
  'ENABLE_HEALTH_DEBUG_SECRET',
  'SECURITY_SCANNER_V4_PSK',
  'DISKSPACE_HEALTH_THRESHOLD',
  'REDIS_FLUSH_INTERVAL_SECONDS',
  'QUAY_OVERRIDE_CONFIG',
];

test('no fault ever repeats a value', () => {
  let seen = 0;
  for (const key of KEYS) {
    for (const value of NASTY) {
      for (const read of [() => parse(`${key}: ${value}`), () => parse('', { [key]: value })]) {
        try {
          read();
        } catch (error) {
          seen += 1;
          assert.ok(error instanceof ConfigError);
          assert.doesNotMatch(`${error.stack} ${JSON.stringify(error.faults)}`, /s3cret/, `${key}: ${value}`);
        }
      }
    }
  }
  assert.ok(seen > 50, `only ${seen} of the values were refused`);
});

test('a file that is no mapping is unreadable', () => {
  for (const yaml of ['just text', '[a, b]', '3'])
    assert.throws(() => parse(yaml), { code: 'CONFIG_UNREADABLE' });
});

test('a Redis for pulls without db is used with db 1, and warned about', () => {
  const config = parse(
    'PULL_METRICS_REDIS: {host: redis, password: s3cret}\nUSER_EVENTS_REDIS: {host: redis}',
  );
  assert.equal(config.redis.pullMetrics.db, 1);
  assert.equal(config.redis.userEvents.db, 0);
  assert.equal(config.warnings.length, 1);
  assert.match(config.warnings[0] ?? '', /PULL_METRICS_REDIS has no db/);
  assert.doesNotMatch(config.warnings.join(), /s3cret/);
  assert.deepEqual(parse('PULL_METRICS_REDIS: {host: redis, db: 0}').warnings, []);
});

test('malformed tracked namespaces track nothing, warn, and never fail', () => {
  for (const value of ['text', '[[a]]', '{a: {b: c}}', '5', 'true']) {
    const config = parse(`TRACKED_NAMESPACES: ${value}`);
    assert.equal(config.trackedNamespaces.size, 0);
    assert.equal(config.warnings.length, 1);
  }
  assert.equal(parse('', { TRACKED_NAMESPACES: '{broken' }).trackedNamespaces.size, 0);
});

const rates: readonly [string, number][] = [
  ['0', 0],
  ['1', 1],
  ['0.5', 0.5],
  ['1.5', 0.001],
  ['-0.1', 0.001],
  ['text', 0.001],
  ['"0.5"', 0.001],
  ['.nan', 0.001],
  ['yes', 1],
];
for (const [text, rate] of rates) {
  test(`sample_rate ${text} means ${rate}, as in Python`, () => {
    assert.equal(parse(`OTEL_CONFIG: {sample_rate: ${text}}`).tracing.sampleRate, rate);
  });
}

test('Dynatrace needs both its URL and its token', () => {
  const both = parse('OTEL_CONFIG: {dt_api_url: "https://dt/api", dt_api_token: abc}');
  assert.deepEqual(both.tracing.dynatrace, { apiUrl: 'https://dt/api', apiToken: 'abc' });
  assert.equal(parse('OTEL_CONFIG: {dt_api_url: "https://dt/api"}').tracing.dynatrace, undefined);
});

test('Redis over TLS, with the words of redis-py', () => {
  const tlsOf = (extra: string) => parse(`PULL_METRICS_REDIS: {db: 1, ${extra}}`).redis.pullMetrics.tls;
  assert.equal(tlsOf('ssl: false, ssl_ca_certs: /ca'), undefined);
  assert.deepEqual(tlsOf('ssl: yes'), { verifyCertificate: true, verifyHostname: true });
  assert.deepEqual(tlsOf('ssl: true, ssl_cert_reqs: none'), {
    verifyCertificate: false,
    verifyHostname: false,
  });
  assert.deepEqual(tlsOf('ssl: true, ssl_cert_reqs: null'), {
    verifyCertificate: false,
    verifyHostname: false,
  });
  assert.deepEqual(
    tlsOf('ssl: true, ssl_check_hostname: false, ssl_ca_certs: /ca, ssl_certfile: /c, ssl_keyfile: /k'),
    {
      verifyCertificate: true,
      verifyHostname: false,
      caFile: '/ca',
      certificateFile: '/c',
      keyFile: '/k',
    },
  );
});

test('Redis with credentials, time-outs and a socket', () => {
  const yaml =
    'PULL_METRICS_REDIS: {db: "2", username: u, password: 12345, socket_timeout: 0.5, unix_socket_path: /run/r.sock}';
  assert.deepEqual(parse(yaml).redis.pullMetrics, {
    host: 'localhost',
    port: 6379,
    db: 2,
    username: 'u',
    password: '12345',
    connectTimeoutMs: 5000,
    commandTimeoutMs: 500,
    socketPath: '/run/r.sock',
  });
  assert.equal(parse('PULL_METRICS_REDIS: {db: 1, password: null}').redis.pullMetrics.password, undefined);
});

test('storage locations with and without parameters', () => {
  const { storage } = parse(
    'DISTRIBUTED_STORAGE_CONFIG: {a: [LocalStorage, {storage_path: /x}], b: [FakeStorage]}',
  );
  assert.deepEqual(storage.locations.get('a'), {
    engine: 'LocalStorage',
    parameters: { storage_path: '/x' },
  });
  assert.deepEqual(storage.locations.get('b'), { engine: 'FakeStorage', parameters: {} });
});
