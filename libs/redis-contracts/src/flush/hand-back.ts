import { redisScript } from '../redis-script.ts';
import type { ScriptCall } from '../track-pull.ts';
import { BATCH_INDEX, batchKey } from './batch-keys.ts';

/*
 * Puts the events of a batch back where they were found (an orphan: where it was before it was claimed), and adds
 * them to what has been counted there since. What cannot be added gets the name of a claimed key, as Python would have left it.
 *
 * KEYS[1]  the index of batches
 * KEYS[2]  the batch
 * ARGV     1 owner, 2 id of the batch, 3 eight hexadecimal digits
 * returns  how many events went back; or -1 if the batch is not (any more) the owner's, or may have been committed
 */
const HAND_BACK = redisScript(`local found = redis.call('HMGET', KEYS[2], 'owner', 'xid', 'events')
if found[1] ~= ARGV[1] or found[2] then
  return -1
end
local time = redis.call('TIME')
local now_ms = time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
local names = { 'repository_id', 'tag_name', 'manifest_digest', 'pull_count', 'last_pull_timestamp', 'pull_method' }
redis.call('HDEL', KEYS[2], 'xid')
local function added(key, count, timestamp)
  if type(redis.pcall('HINCRBY', key, 'pull_count', count)) ~= 'number' then
    return false
  end
  local latest = tonumber(redis.call('HGET', key, 'last_pull_timestamp') or '')
  if not latest or latest < (tonumber(timestamp) or 0) then
    redis.call('HSET', key, 'last_pull_timestamp', timestamp)
  end
  return true
end
local events = cjson.decode(found[3])
local returned = 0
for _, event in ipairs(events) do
  local fields = {}
  for at, name in ipairs(names) do
    if event[at + 2] then
      fields[#fields + 1] = name
      fields[#fields + 1] = event[at + 2]
    end
  end
  if #fields > 0 then
    local key = string.match(event[1], '^(.*):processing:%d+:%x+$') or event[1]
    if redis.call('EXISTS', key) == 1 and not added(key, event[6] or '', event[7] or '') then
      key = key .. ':processing:' .. now_ms .. ':' .. ARGV[3]
    end
    if redis.call('EXISTS', key) == 0 then
      redis.call('HSET', key, unpack(fields))
    end
    returned = returned + 1
  end
end
redis.call('UNLINK', KEYS[2])
redis.call('ZREM', KEYS[1], ARGV[2])
return returned
`);

/** Puts a batch that has certainly not been written back among the pull events, for whoever flushes next. */
export function handBackBatchCall(id: string, owner: string, eightHex: string): ScriptCall {
  return { script: HAND_BACK, keys: [BATCH_INDEX, batchKey(id)], args: [owner, id, eightHex] };
}
