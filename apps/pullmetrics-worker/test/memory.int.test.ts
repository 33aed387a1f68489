import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import { fillRedis } from './fill-redis.ts';
import { countedPulls } from './statistics.ts';

/** By hand: `FLUSH_KEYS=1000000`. */
const KEYS = Number(process.env.FLUSH_KEYS ?? 40_000);
const FEW_KEYS = 6000;
/** Until a process has settled: a million keys at once would take a gigabyte. */
const SPREAD_BYTES = 128 * 2 ** 20;
/** 40,000 keys at once would not fit. */
const HEAP = ['--max-old-space-size=56', '--max-semi-space-size=4'];
const REPOSITORIES = 200;

let postgres: PostgresServer;
let redis: Server;
let ids: number[];
before(async () => {
  [postgres, redis] = await Promise.all([
    startPostgres({ schema: true, settings: { max_wal_size: '1GB' } }),
    startRedis(),
  ]);
  const names = Array.from({ length: REPOSITORIES }, (_, index) => `org/app-${index}`);
  ids = [...(await insertRepositories(postgres, names)).values()];
});
after(() => Promise.all([postgres.stop(), redis.stop()]));

type Flush = { flushed: number; seconds: number; peakBytes: number };

/** One flush, in a process of its own with a small heap. */
async function flush(): Promise<Flush> {
  const script = join(import.meta.dirname, 'fixtures/flush-once.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@quay-observability/source', ...HEAP, script],
    { env: { PATH: process.env.PATH, DB_URI: postgres.uri, REDIS_PORT: String(redis.port) } },
  );
  return JSON.parse(stdout) as Flush;
}

test(`${KEYS} keys are flushed in the memory that ${FEW_KEYS} take`, async (t) => {
  const pulls = { few: await fillRedis(redis.port, ids, FEW_KEYS), many: 0 };
  const few = await flush();
  pulls.many = await fillRedis(redis.port, ids, KEYS);
  const many = await flush();
  t.diagnostic(JSON.stringify({ few, many }));
  assert.deepEqual([few.flushed, many.flushed], [FEW_KEYS, KEYS]);
  assert.ok(many.peakBytes < few.peakBytes + SPREAD_BYTES);
  assert.equal((await countedPulls(postgres)).manifests, pulls.few + pulls.many);
});
