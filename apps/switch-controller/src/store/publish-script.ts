/**
 * Compare and swap of what is published, together with its history.
 *
 * KEYS[1]  hash of what is published
 * KEYS[2]  list of the history, newest first
 * ARGV[1]  tag that must be published now; empty: a lower version, or nothing
 * ARGV[2]  version
 * ARGV[3]  tag
 * ARGV[4]  snapshot
 * ARGV[5]  1 keeps the history that is there, 0 puts the entries in its place
 * ARGV[6]  most entries
 * ARGV[7]  most bytes of all entries; two are kept whatever their size
 * ARGV[8..] entries, oldest first
 * returns  1 published; 0 something else is published than was expected, nothing is changed
 */
export const PUBLISH_SCRIPT = `local stored = redis.call('HMGET', KEYS[1], 'tag', 'version')
if ARGV[1] == '' then
  local whole = stored[2] and redis.call('HEXISTS', KEYS[1], 'snapshot') == 1
  if whole and tonumber(stored[2]) >= tonumber(ARGV[2]) then
    return 0
  end
elseif stored[1] ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'tag', ARGV[3], 'snapshot', ARGV[4])
if ARGV[5] == '0' then
  redis.call('DEL', KEYS[2])
end
for index = 8, #ARGV do
  redis.call('LPUSH', KEYS[2], ARGV[index])
end
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[6]) - 1)
local bytes = 0
for index, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  bytes = bytes + #entry
  if index > 2 and bytes > tonumber(ARGV[7]) then
    redis.call('LTRIM', KEYS[2], 0, index - 2)
    break
  end
end
return 1
`;
