import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { runScripts, type RedisConnection } from '@quay-observability/redis';
import { trackPullCall } from '@quay-observability/redis-contracts';
import { insertRepositories, type PostgresServer } from '@quay-observability/testkit';
import { readStatistics } from './statistics.ts';
import { connect } from './run-flusher.ts';

/** Pulls that go on and on, and what the database must say of them in the end. */
export type PullLoad = {
  start(): void;
  /** Ends it once Redis has answered to everything. */
  stop(): Promise<void>;
  pulls(): number;
  /** Whether the database holds every pull exactly once. */
  assertExact(postgres: PostgresServer): Promise<void>;
  readonly redis: RedisConnection;
  close(): Promise<void>;
};

const DIGESTS = 12;
const TAGS = 5;

/** A few names, so that batches meet in the same rows again and again. Pauses between rounds, in milliseconds. */
export async function createPullLoad(
  postgres: PostgresServer,
  redisPort: number,
  { perRound = 100, pauseMs = 5, repositories = 8 } = {},
): Promise<PullLoad> {
  const names = Array.from({ length: repositories }, (_, index) => `org/app-${index}`);
  const ids = [...(await insertRepositories(postgres, names)).values()];
  const redis = connect(redisPort);
  await redis.whenReady(5000);
  const tags = new Map<string, number>();
  const manifests = new Map<string, number>();
  const add = (to: Map<string, number>, key: string) => to.set(key, (to.get(key) ?? 0) + 1);
  let pulls = 0;
  let stopping = false;
  let ended = Promise.resolve();

  const round = async () => {
    const some = Array.from({ length: perRound }, () => {
      const tag = Math.random() < 0.6 ? `t${Math.floor(Math.random() * TAGS)}` : undefined;
      const digest = `sha256:${String(Math.floor(Math.random() * DIGESTS)).padStart(64, '0')}`;
      return { repositoryId: ids[Math.floor(Math.random() * ids.length)]!, tag, digest };
    });
    const at = Math.floor(Date.now() / 1000);
    const results = await runScripts(
      redis.client,
      some.map((pull) => trackPullCall(pull, at)),
    );
    for (const [index, { error }] of results.entries()) {
      if (error !== undefined) throw error;
      const { repositoryId, tag, digest } = some[index]!;
      pulls += 1;
      add(manifests, `${repositoryId} ${digest}`);
      if (tag !== undefined) add(tags, `${repositoryId} ${tag}`);
    }
  };
  const goOn = async () => {
    while (!stopping) {
      await round();
      await pause(pauseMs);
    }
  };

  return {
    start: () => {
      stopping = false;
      ended = goOn();
    },
    stop: async () => {
      stopping = true;
      await ended;
    },
    pulls: () => pulls,
    assertExact: async (server) => {
      const rows = await readStatistics(server);
      const ofTags = rows.tags.map((row): [string, number] => [
        `${String(row.repository_id)} ${String(row.tag_name)}`,
        Number(row.tag_pull_count),
      ]);
      const ofManifests = rows.manifests.map((row): [string, number] => [
        `${String(row.repository_id)} ${String(row.manifest_digest)}`,
        Number(row.manifest_pull_count),
      ]);
      assert.deepEqual(differences(manifests, new Map(ofManifests)), [], 'manifests');
      assert.deepEqual(differences(tags, new Map(ofTags)), [], 'tags');
    },
    redis,
    close: () => redis.close(),
  };
}

/** The first few names of which the counts differ. */
function differences(expected: Map<string, number>, actual: Map<string, number>): string[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  return names
    .filter((name) => expected.get(name) !== actual.get(name))
    .slice(0, 5)
    .map((name) => `${name}: ${actual.get(name)} instead of ${expected.get(name)}`);
}
