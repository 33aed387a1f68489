import { redisScript, type ScriptCall } from '@quay-observability/redis';

/*
 * KEYS     the events
 * ARGV[1]  seconds that a claim lasts
 * returns  for each event: `claimed` by this call, `pending` in another process, or `counted`
 */
const CLAIM = redisScript(`local verdicts = {}
for index, key in ipairs(KEYS) do
  if redis.call('SET', key, 'pending', 'NX', 'EX', ARGV[1]) then
    verdicts[index] = 'claimed'
  else
    verdicts[index] = redis.call('GET', key)
  end
end
return verdicts
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
export function claimCall(keys: readonly string[], seconds: number): ScriptCall {
  return { script: CLAIM, keys, args: [String(seconds)] };
}

/** Says that claimed events have been counted. */
export function settleCall(keys: readonly string[], seconds: number): ScriptCall {
  return { script: SETTLE, keys, args: [String(seconds)] };
}
