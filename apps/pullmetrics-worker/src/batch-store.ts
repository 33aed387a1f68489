import { randomBytes, randomUUID } from 'node:crypto';
import { runScript, type RedisConnection } from '@quay-observability/redis';
import {
  claimPullsCall,
  handBackBatchCall,
  listBatchesCall,
  readBatches,
  readClaim,
  readTakenOver,
  removeBatchCall,
  sealBatchCall,
  setAsideCall,
  takeOverBatchCall,
  UNREADABLE,
  type FoundBatch,
} from '@quay-observability/redis-contracts';
import type { Batch } from './batch.ts';

/** The batches in Redis. Every step is one atomic script, and rejects with a coded error when Redis does not answer. */
export type BatchStore = {
  /** Claims the next keys; `cursor` is `0` to begin, and what it resolves to for the next step. */
  claim(cursor: string): Promise<ClaimedBatch>;
  /** Notes the transaction that is about to commit; false if it must not, because somebody took the batch over. */
  seal(batch: Batch, xid: string): Promise<boolean>;
  /** Ends a batch that this transaction has committed. */
  removeWritten(id: string, xid: string): Promise<void>;
  /** Ends a batch with nothing in it to be written. */
  removeUnwritten(batch: Batch): Promise<void>;
  /** Puts the events back among those that wait; false if they may have been written, or are somebody else's. */
  handBack(batch: Batch): Promise<boolean>;
  /** Batches that nobody is known to be working on, the oldest first. */
  findAbandoned(): Promise<FoundBatch[]>;
  /** Undefined if somebody else was faster. */
  takeOver(found: FoundBatch): Promise<Batch | typeof UNREADABLE | undefined>;
  /** Nobody finds it any more; its data stay in Redis. */
  setAside(id: string): Promise<void>;
  /** Nobody in this process works on it any more: if it is still there, it is found as abandoned. */
  release(batch: Batch): void;
};

export type ClaimedBatch = {
  readonly cursor: string;
  readonly scannedKeys: number;
  readonly keysLeft: number;
  readonly batch: Batch | undefined;
};

export type BatchStoreOptions = {
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly scanCount: number;
  readonly batchKeys: number;
  readonly takeOverMs: number;
  readonly pythonOrphanMs: number;
};

/** Keyspace slots that one script may look at: some milliseconds of Redis' time. */
const SLOTS_PER_CLAIM = 20_000;
/** A batch has up to so many keys more than are wanted. */
const MOST_PER_SCAN = 1000;

export function createBatchStore(options: BatchStoreOptions): BatchStore {
  const { redis, batchKeys, takeOverMs, pythonOrphanMs } = options;
  const scanCount = Math.min(options.scanCount, MOST_PER_SCAN);
  const process = randomUUID();
  /** Batches that this process is working on. */
  const inHand = new Set<string>();
  let attempts = 0;
  const newOwner = () => `${process}:${++attempts}`;
  const run = (call: Parameters<typeof runScript>[1]) => runScript(redis.client, call);
  const isOurs = ({ owner }: FoundBatch) => owner.startsWith(`${process}:`);

  return {
    claim: async (cursor) => {
      const [id, owner] = [randomUUID(), newOwner()];
      const claim = readClaim(
        await run(
          claimPullsCall({
            cursor,
            scanCount,
            wantedKeys: batchKeys,
            maxSteps: Math.max(1, Math.ceil(SLOTS_PER_CLAIM / scanCount)),
            owner,
            batchId: id,
            orphanAfterMs: pythonOrphanMs,
          }),
        ),
      );
      const { events } = claim;
      if (events.length > 0) inHand.add(id);
      return {
        ...claim,
        batch:
          events.length === 0
            ? undefined
            : { id, owner, events, claimedAt: performance.now(), takenOver: false },
      };
    },
    seal: async (batch, xid) => (await run(sealBatchCall(batch.id, batch.owner, xid))) === 1,
    removeWritten: async (id, xid) => {
      await run(removeBatchCall(id, { xid }));
    },
    removeUnwritten: async ({ id, owner }) => {
      await run(removeBatchCall(id, { owner }));
    },
    handBack: async ({ id, owner }) => {
      const returned = await run(handBackBatchCall(id, owner, randomBytes(4).toString('hex')));
      return Number(returned) >= 0;
    },
    findAbandoned: async () => {
      const found = readBatches(await run(listBatchesCall()));
      // Of its own process' batches it is known whether somebody works on them.
      return found.filter((batch) => (isOurs(batch) ? !inHand.has(batch.id) : batch.ageMs >= takeOverMs));
    },
    takeOver: async (found) => {
      const owner = newOwner();
      const events = readTakenOver(await run(takeOverBatchCall(found, owner)));
      if (events === undefined || events === UNREADABLE) return events;
      inHand.add(found.id);
      return { id: found.id, owner, events, claimedAt: performance.now(), takenOver: true };
    },
    setAside: async (id) => {
      await run(setAsideCall(id));
    },
    release: (batch) => {
      inHand.delete(batch.id);
    },
  };
}
