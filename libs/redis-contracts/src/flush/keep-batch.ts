import { redisScript } from '../redis-script.ts';
import type { ScriptCall } from '../track-pull.ts';
import { BATCH_INDEX, batchKey } from './batch-keys.ts';
import { readKeptEvents, UNREADABLE, type ClaimedEvent } from './claimed-event.ts';

/** A batch as another process may find it. */
export type FoundBatch = {
  readonly id: string;
  readonly owner: string;
  /**
   * Of the transaction that writes it, or wrote it; undefined before one is about to commit. {@link UNREADABLE} if it is
   * no number of 64 bits.
   */
  readonly xid: string | undefined;
  /** Milliseconds since it was claimed or taken over. */
  readonly ageMs: number;
};

/*
 * KEYS[1]  the batch
 * ARGV     1 owner, 2 transaction id
 * returns  1; or 0 if the batch is not (any more) the owner's, and then the transaction must not commit
 */
const SEAL = redisScript(`if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'xid')
redis.call('HSET', KEYS[1], 'xid', ARGV[2])
return 1
`);

/*
 * KEYS[1]  the index of batches
 * KEYS[2]  the batch
 * ARGV     1 field (owner, xid), 2 its value, 3 id of the batch
 * returns  1; or 0 if the field has another value, and then nothing is changed
 */
const REMOVE = redisScript(`if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('UNLINK', KEYS[2])
redis.call('ZREM', KEYS[1], ARGV[3])
return 1
`);

/*
 * KEYS[1]  the index of batches
 * KEYS[2]  the batch
 * ARGV     1 owner and 2 transaction id ('' for none) as they were seen, 3 the new owner, 4 id of the batch
 * returns  the events as JSON ('' if there are none, which is damage); or nil if somebody else was faster
 */
const TAKE_OVER = redisScript(`local found = redis.call('HMGET', KEYS[2], 'owner', 'xid', 'events')
if found[1] ~= ARGV[1] or (found[2] or '') ~= ARGV[2] then
  return false
end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[2], 'xid')
redis.call('HSET', KEYS[2], 'owner', ARGV[3])
redis.call('ZADD', KEYS[1], tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), ARGV[4])
return found[3] or ''
`);

/*
 * KEYS[1]  the index of batches
 * ARGV[1]  id of the batch
 * returns  1, or 0 if it is not there
 */
const SET_ASIDE = redisScript(`return redis.call('ZREM', KEYS[1], ARGV[1])
`);

/*
 * KEYS[1]  the index of batches
 * ARGV[1]  what the key of a batch begins with
 * returns  flat: id, owner, transaction id ('' for none), age in milliseconds; of each batch, the oldest first
 */
const LIST = redisScript(`local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local listed = {}
local members = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for at = 1, #members, 2 do
  local found = redis.pcall('HMGET', ARGV[1] .. members[at], 'owner', 'xid')
  if not found.err and found[1] then
    local next = #listed
    listed[next + 1] = members[at]
    listed[next + 2] = found[1]
    listed[next + 3] = found[2] or ''
    listed[next + 4] = now_ms - tonumber(members[at + 1])
  else
    redis.call('ZREM', KEYS[1], members[at])
  end
end
return listed
`);

/** Records which transaction is about to commit the batch; answers 1, or 0 if the batch has another owner by now. */
export function sealBatchCall(id: string, owner: string, xid: string): ScriptCall {
  return { script: SEAL, keys: [batchKey(id)], args: [owner, xid] };
}

/** Ends a batch that has been written (by this `xid`), or that has nothing to be written (by its `owner`). */
export function removeBatchCall(id: string, condition: { owner: string } | { xid: string }): ScriptCall {
  const [[field, value]] = Object.entries(condition) as [[string, string]];
  return { script: REMOVE, keys: [BATCH_INDEX, batchKey(id)], args: [field, value, id] };
}

/** Makes a batch the new owner's, if it is still as it was found; its earlier owner cannot commit it any more. */
export function takeOverBatchCall({ id, owner, xid }: FoundBatch, newOwner: string): ScriptCall {
  return { script: TAKE_OVER, keys: [BATCH_INDEX, batchKey(id)], args: [owner, xid ?? '', newOwner, id] };
}

/** Reads what {@link takeOverBatchCall} returns; undefined if somebody else was faster. */
export function readTakenOver(answer: unknown): ClaimedEvent[] | typeof UNREADABLE | undefined {
  return typeof answer === 'string' ? readKeptEvents(answer) : undefined;
}

/** Takes a batch that nobody can read out of the way; its data stay in its key. */
export function setAsideCall(id: string): ScriptCall {
  return { script: SET_ASIDE, keys: [BATCH_INDEX], args: [id] };
}

/** Asks for all batches, whoever flushes them. */
export function listBatchesCall(): ScriptCall {
  return { script: LIST, keys: [BATCH_INDEX], args: [batchKey('')] };
}

/** Reads what {@link listBatchesCall} returns. */
export function readBatches(answer: unknown): FoundBatch[] {
  const flat = answer as (string | number)[];
  const batches: FoundBatch[] = [];
  for (let at = 0; at + 3 < flat.length; at += 4)
    batches.push({
      id: String(flat[at]),
      owner: String(flat[at + 1]),
      xid: readXid(String(flat[at + 2])),
      ageMs: Number(flat[at + 3]),
    });
  return batches;
}

function readXid(text: string): string | undefined {
  if (text === '') return undefined;
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n ? text : UNREADABLE;
}
