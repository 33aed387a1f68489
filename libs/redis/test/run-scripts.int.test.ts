import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { commandFate, createRedis, redisScript, runScripts, type RedisConnection } from '../src/index.ts';

const append = redisScript("redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('LLEN', KEYS[1])");
const refuse = redisScript("return redis.error_reply('Invalid input: never mind')");

let server: Server;
let connection: RedisConnection;

before(async () => {
  server = await startRedis();
  connection = createRedis({
    settings: { host: '127.0.0.1', port: server.port, db: 1, connectTimeoutMs: 1000, commandTimeoutMs: 300 },
    name: 'test',
    maxBackoffMs: 100,
  });
  await connection.whenReady(5000);
});
after(async () => {
  await connection.close(0);
  await server.stop();
});

const calls = (...values: string[]) =>
  values.map((value) => ({ script: value === 'no' ? refuse : append, keys: ['list'], args: [value] }));
const list = () => connection.client.lrange('list', 0, -1);
const evaluations = async () =>
  Number(/cmdstat_eval:calls=(\d+)/.exec(await connection.client.info('commandstats'))?.[1] ?? 0);

test('calls run in their order, each with its own result, whether Redis knows the scripts or not', async () => {
  for (const known of [false, true]) {
    await connection.client.del('list');
    if (!known) await connection.client.script('FLUSH');
    const before = await evaluations();
    const results = await runScripts(connection.client, calls('a', 'no', 'b', 'c'));
    assert.deepEqual(
      results.map(({ error, ...rest }) =>
        'value' in rest ? rest.value : error?.message.replace(/^ERR /, ''),
      ),
      [1, 'Invalid input: never mind', 2, 3],
    );
    assert.equal(commandFate(results[1]?.error), 'answered');
    assert.deepEqual(await list(), ['a', 'b', 'c']);
    assert.equal(await evaluations(), before + (known ? 0 : 4), 'the text is sent only where it has to be');
  }
  assert.deepEqual(await runScripts(connection.client, []), []);
});

test('a call that only some of the scripts are known to comes after the others, and no call runs twice', async () => {
  await connection.client.del('list');
  await connection.client.script('FLUSH');
  await connection.client.script('LOAD', append.lua);
  const other = redisScript(`${append.lua} -- another name`);
  const results = await runScripts(connection.client, [
    { script: other, keys: ['list'], args: ['unknown'] },
    ...calls('known'),
  ]);
  assert.deepEqual(results, [{ value: 2 }, { value: 1 }]);
  assert.deepEqual(await list(), ['known', 'unknown']);
});

test('without a connection nothing is sent, and without an answer nobody knows', async () => {
  await connection.client.del('list');
  server.signal('SIGSTOP');
  try {
    const unanswered = await runScripts(connection.client, calls('a', 'b'));
    assert.deepEqual(
      unanswered.map(({ error }) => commandFate(error)),
      ['unknown', 'unknown'],
    );
    const unsent = await runScripts(connection.client, calls('c', 'd'));
    assert.deepEqual(
      unsent.map(({ error }) => commandFate(error)),
      ['unsent', 'unsent'],
    );
  } finally {
    server.signal('SIGCONT');
  }
  await waitUntil('an answer', () => connection.ping(1000).then(() => true));
  assert.deepEqual(await list(), ['a', 'b'], 'it was sent after all, so that again would have been twice');
});
