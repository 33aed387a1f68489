import type { RedisConnection } from '@quay-observability/redis';
import { acknowledgedKey, SWITCH_KEYS } from '../store/redis-keys.ts';
import { parseRecord, type ProcessRecord } from './process-record.ts';

/** What all replicas know of the processes, in Redis. Every call rejects while Redis is away. */
export type ProcessStore = {
  /** By id; undefined for what cannot be read. */
  read(): Promise<Map<string, ProcessRecord | undefined>>;
  write(records: readonly ProcessRecord[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** Whether this is the first that is heard, by any replica, of the acknowledgement of a version by a process. */
  claim(id: string, version: number): Promise<boolean>;
};

/** Long after the last process has acknowledged a version. */
const CLAIMS_KEPT_SECONDS = 86_400;

export function createProcessStore({ client }: Pick<RedisConnection, 'client'>): ProcessStore {
  return {
    read: async () => {
      const texts = await client.hgetall(SWITCH_KEYS.processes);
      return new Map(Object.entries(texts).map(([id, text]) => [id, parseRecord(id, text)]));
    },
    write: async (records) => {
      if (records.length === 0) return;
      const fields = records.flatMap((record) => [record.id, JSON.stringify(record)]);
      await client.hset(SWITCH_KEYS.processes, ...fields);
    },
    remove: async (ids) => {
      if (ids.length > 0) await client.hdel(SWITCH_KEYS.processes, ...ids);
    },
    claim: async (id, version) => {
      const key = acknowledgedKey(version);
      const added = await client.sadd(key, id);
      if (added === 1) await client.expire(key, CLAIMS_KEPT_SECONDS);
      return added === 1;
    },
  };
}
