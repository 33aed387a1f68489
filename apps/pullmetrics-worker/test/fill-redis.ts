import { connect } from './run-flusher.ts';

const PER_ROUND = 2000;

/** Puts so many pull events into Redis, half by tag; resolves to the pulls that they stand for. */
export async function fillRedis(
  port: number,
  repositoryIds: readonly number[],
  keys: number,
): Promise<number> {
  const redis = connect(port);
  await redis.whenReady(5000);
  let pulls = 0;
  for (let from = 0; from < keys; from += PER_ROUND) {
    const pipeline = redis.client.pipeline();
    for (let number = from; number < Math.min(keys, from + PER_ROUND); number += 1) {
      const isByTag = number % 2 === 0;
      const id = repositoryIds[number % repositoryIds.length]!;
      const digest = `sha256:${(number >> 1).toString(16).padStart(64, '0')}`;
      const tag = `v${number % 10_000}`;
      const count = 1 + (number % 5);
      pulls += count;
      pipeline.hset(`pull_events:repo:${id}:${isByTag ? `tag:${tag}` : 'digest'}:${digest}`, {
        repository_id: id,
        tag_name: isByTag ? tag : '',
        manifest_digest: digest,
        pull_count: count,
        last_pull_timestamp: 1_750_000_000 + (number % 100_000),
        pull_method: isByTag ? 'tag' : 'digest',
      });
    }
    await pipeline.exec();
  }
  await redis.close();
  return pulls;
}
