import { PULL_EVENT_PREFIX } from '../pull-event-keys.ts';
import { redisScript } from '../redis-script.ts';
import type { ScriptCall } from '../track-pull.ts';
import { BATCH_INDEX, batchKey } from './batch-keys.ts';
import { readClaimedEvents, type ClaimedEvent } from './claimed-event.ts';

/** More characters than a column of the database holds, whatever their size in UTF-8: such a value is refused anyway. */
const LONGEST_VALUE_BYTES = 1100;

/** Tag and digest at their longest, in four bytes a character: a batch of longer keys might be too big to be read. */
const LONGEST_KEY_BYTES = 4096;

/*
 * One step through the keyspace: scans, and moves what it finds into a batch. Atomic: a pull event is in its key or in
 * the batch. A key whose claim is far ahead was claimed by a host with a wrong
 * clock: its last access tells alone. A deletion comes first, as only the first write of a script is refused for want of memory, and a full
 * Redis must be emptied. The scripts address keys that SCAN finds, which Redis Cluster would not allow.
 *
 * KEYS[1]  the index of batches
 * KEYS[2]  the new batch
 * ARGV     1 cursor, 2 COUNT of each SCAN, 3 wanted keys, 4 SCANs at most, 5 owner, 6 id of the batch,
 *          7 milliseconds after which a key that somebody else has claimed is an orphan
 * returns  the next cursor, keys seen, claimed keys left to their flusher, and the events as JSON ('' if there are none):
 *          [key, orphaned, repository_id, tag_name, manifest_digest, pull_count, last_pull_timestamp, pull_method],
 *          false for a field that is missing, and the first two alone for a key that holds no hash, or is too long for one and
 *          therefore cut
 */
const CLAIM = redisScript(`local cursor = ARGV[1]
local wanted, steps, orphan_ms = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local seen, scanned, left = {}, 0, 0
local keys, events = {}, {}
local function in_flight(key)
  local claimed_ms = tonumber(string.match(key, ':processing:(%d+):%x+$') or '')
  if claimed_ms and math.abs(now_ms - claimed_ms) < orphan_ms then
    return true
  end
  local idle = redis.pcall('OBJECT', 'IDLETIME', key)
  return type(idle) == 'number' and idle * 1000 < orphan_ms
end
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', '${PULL_EVENT_PREFIX}*', 'COUNT', ARGV[2])
  cursor = page[1]
  steps = steps - 1
  for _, key in ipairs(page[2]) do
    if not seen[key] then
      seen[key] = true
      scanned = scanned + 1
      local orphaned = string.find(key, ':processing:', 1, true) ~= nil
      if orphaned and in_flight(key) then
        left = left + 1
      else
        local event = { string.sub(key, 1, ${LONGEST_KEY_BYTES}), orphaned }
        local values = redis.pcall('HMGET', key, 'repository_id', 'tag_name', 'manifest_digest',
          'pull_count', 'last_pull_timestamp', 'pull_method')
        if not values.err and #key <= ${LONGEST_KEY_BYTES} then
          for field = 1, 6 do
            event[field + 2] = values[field] and string.sub(values[field], 1, ${LONGEST_VALUE_BYTES})
          end
        end
        keys[#keys + 1] = key
        events[#events + 1] = event
      end
    end
  end
until cursor == '0' or #keys >= wanted or steps <= 0
if #keys == 0 then
  return { cursor, scanned, left, '' }
end
local json = cjson.encode(events)
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'owner', ARGV[5], 'events', json)
redis.call('ZADD', KEYS[1], now_ms, ARGV[6])
for first = 1, #keys, 1000 do
  redis.call('UNLINK', unpack(keys, first, math.min(first + 999, #keys)))
end
return { cursor, scanned, left, json }
`);

export type ClaimOptions = {
  /** `0` to begin; then what the last claim returned, until that is `0`. */
  readonly cursor: string;
  /** `COUNT` of each `SCAN`. */
  readonly scanCount: number;
  /** Keys after which to stop; up to one step of `SCAN` more are claimed. */
  readonly wantedKeys: number;
  /** Steps of `SCAN` at most, so that a sparse keyspace does not block Redis. */
  readonly maxSteps: number;
  readonly owner: string;
  readonly batchId: string;
  /** A key that another flusher has claimed is its own for so long after the claim and after the last access. */
  readonly orphanAfterMs: number;
};

export type Claim = {
  readonly cursor: string;
  /** Keys of pull events that were seen. */
  readonly scannedKeys: number;
  /** Keys among them that another flusher has claimed, too recently to be an orphan. */
  readonly keysLeft: number;
  /** What is in the batch; without any, there is no batch. */
  readonly events: readonly ClaimedEvent[];
};

/** The call that claims the next keys of pull events as one batch (contract section 5). */
export function claimPullsCall(options: ClaimOptions): ScriptCall {
  const { cursor, scanCount, wantedKeys, maxSteps, owner, batchId, orphanAfterMs } = options;
  return {
    script: CLAIM,
    keys: [BATCH_INDEX, batchKey(batchId)],
    args: [cursor, scanCount, wantedKeys, maxSteps, owner, batchId, orphanAfterMs].map(String),
  };
}

/** Reads what {@link claimPullsCall} returns. */
export function readClaim(answer: unknown): Claim {
  const [cursor, scannedKeys, keysLeft, json] = answer as [string, number, number, string];
  return { cursor, scannedKeys, keysLeft, events: readClaimedEvents(json) };
}
