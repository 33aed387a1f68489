import { createGlobalLocks } from '../../src/index.ts';
import { connectTo } from './lock-redis.ts';

/** Adds one to a number so many times, as no one should without a lock; run as a process of its own. */
const [port, lock, key, times] = process.argv.slice(2);
const connection = await connectTo(Number(port));
const locks = createGlobalLocks(connection);
const { client } = connection;
for (let count = 0; count < Number(times); count += 1) {
  const { outcome } = await locks.withLock(lock!, { ttlSeconds: 30, waitMs: 30_000 }, async () => {
    const value = Number((await client.get(key!)) ?? 0);
    await client.set(key!, value + 1);
  });
  if (outcome !== 'done') throw new Error(`the lock was ${outcome}`);
}
await connection.close();
