import { redisScript, type ScriptCall } from '@quay-observability/redis';

/*
 * KEYS     the events
 * ARGV[1]  who claims them
 * ARGV[2]  seconds that a claim lasts
 * returns  for each event: `counted`, or who has claimed it
 */
const CLAIM = redisScript(`local holders = {}
for index, key in ipairs(KEYS) do
  local holder = redis.call('GET', key)
  if not holder or holder == ARGV[1] then
    redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
    holder = ARGV[1]
  end
  holders[index] = holder
end
return holders
`);

/*
 * KEYS     the events, which have been counted
 * ARGV[1]  seconds that they are remembered
 */
const SETTLE = redisScript(`for _, key in ipairs(KEYS) do
  redis.call('SET', key, 'counted', 'EX', ARGV[1])
end
`);

/** Claims the events that nobody has claimed or counted. */
export function claimCall(keys: readonly string[], claimer: string, seconds: number): ScriptCall {
  return { script: CLAIM, keys, args: [claimer, String(seconds)] };
}

/** Says that claimed events have been counted. */
export function settleCall(keys: readonly string[], seconds: number): ScriptCall {
  return { script: SETTLE, keys, args: [String(seconds)] };
}
