import { CodedError } from '@quay-observability/coded-errors';
import type { RedisConnection } from '@quay-observability/redis';
import { parsePublished, type Published } from '../published.ts';
import { HISTORY_LIMITS, historyEntryToJson, parseHistory, type HistoryEntry } from './history-entry.ts';
import { PUBLISH_SCRIPT } from './publish-script.ts';
import { SWITCH_KEYS } from './redis-keys.ts';

export type Publication = {
  readonly published: Published;
  /** Tag of what it takes the place of; undefined: anything of a lower version, or nothing. */
  readonly replaces: string | undefined;
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Whether the entries come on top of the history that is there, or in its place. */
  readonly keepHistory: boolean;
};

/** What is published, in Redis. Every call rejects with a coded error while Redis is away. */
export type RedisStore = {
  /** Undefined if nothing is published. Cheap: asked every second. */
  readTag(): Promise<string | undefined>;
  /** Rejects with `SNAPSHOT_INVALID` if what is there is no snapshot. */
  read(): Promise<Published | undefined>;
  /** Newest first. */
  readHistory(): Promise<HistoryEntry[]>;
  /** Whether it is published now; false if something else was published than it was to replace. */
  publish(publication: Publication): Promise<boolean>;
};

export function createRedisStore({ client }: Pick<RedisConnection, 'client'>): RedisStore {
  return {
    readTag: async () => (await client.hget(SWITCH_KEYS.published, 'tag')) ?? undefined,
    read: async () => {
      const [text, tag] = await client.hmget(SWITCH_KEYS.published, 'snapshot', 'tag');
      return typeof text === 'string' ? parseStored(text, tag) : undefined;
    },
    readHistory: async () =>
      parseHistory(await client.lrange(SWITCH_KEYS.history, 0, HISTORY_LIMITS.entries - 1)),
    publish: async ({ published, replaces, entries, keepHistory }) => {
      const answer = await client.eval(
        PUBLISH_SCRIPT,
        2,
        SWITCH_KEYS.published,
        SWITCH_KEYS.history,
        replaces ?? '',
        String(published.snapshot.version),
        published.tag,
        published.text,
        keepHistory ? '1' : '0',
        String(HISTORY_LIMITS.entries),
        String(HISTORY_LIMITS.bytes),
        ...entries.map(historyEntryToJson).reverse(),
      );
      return answer === 1;
    },
  };
}

function parseStored(text: string, tag: string | null | undefined): Published {
  try {
    const published = parsePublished(text);
    if (published.tag === tag) return published;
    throw new CodedError(
      'SNAPSHOT_INVALID',
      `The snapshot of the owner switches has the tag ${published.tag}, not ${tag}`,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CodedError(
      'SNAPSHOT_INVALID',
      `${why}. It is in Redis under ${SWITCH_KEYS.published}; delete that key, and what is served now is written there anew.`,
      { cause: error },
    );
  }
}
