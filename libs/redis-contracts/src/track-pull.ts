import { pullEventKey, type PulledManifest } from './pull-event-keys.ts';
import { redisScript, type RedisScript } from './redis-script.ts';

/** One call of a script. */
export type ScriptCall = {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
};

/** The scripts' refusals (contract section 4). */
export const MISSING_FIELDS = 'Invalid input: missing required fields';
export const BAD_TIMESTAMP = 'Invalid input: timestamp must be positive number';

/*
 * KEYS[1]  the pull event
 * ARGV     repository id, tag, digest, unix seconds, method
 * returns  the new pull_count, as a bulk string; or an error of the two above
 */
const TRACK_TAG_PULL = redisScript(body(['repository_id', 'tag_name', 'manifest_digest'], []));

/*
 * KEYS[1]  the pull event
 * ARGV     repository id, digest, unix seconds, method
 * returns  as above
 */
const TRACK_DIGEST_PULL = redisScript(body(['repository_id', 'manifest_digest'], ["'tag_name', ''"]));

/** The call that counts one pull at a time, in whole unix seconds. */
export function trackPullCall(pull: PulledManifest, unixSeconds: number): ScriptCall {
  const keys = [pullEventKey(pull)];
  const repository = String(pull.repositoryId);
  const at = String(unixSeconds);
  return pull.tag === undefined
    ? { script: TRACK_DIGEST_PULL, keys, args: [repository, pull.digest, at, 'digest'] }
    : { script: TRACK_TAG_PULL, keys, args: [repository, pull.tag, pull.digest, at, 'tag'] };
}

/** `required` are the fields of the first arguments; `fixed` those that only a new key gets, as Lua. */
function body(required: readonly string[], fixed: readonly string[]): string {
  const time = required.length + 1;
  const fresh = [
    ...required.map((field, index) => `'${field}', ARGV[${index + 1}]`),
    "'pull_count', 1",
    `'last_pull_timestamp', ARGV[${time}]`,
    `'pull_method', ARGV[${time + 1}]`,
    ...fixed,
  ];
  return `for field = 1, ${required.length} do
  if not ARGV[field] or ARGV[field] == '' then
    return redis.error_reply('${MISSING_FIELDS}')
  end
end
local seconds = tonumber(ARGV[${time}])
if not seconds or seconds <= 0 then
  return redis.error_reply('${BAD_TIMESTAMP}')
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], ${fresh.join(', ')})
else
  redis.call('HINCRBY', KEYS[1], 'pull_count', 1)
  redis.call('HSET', KEYS[1], 'last_pull_timestamp', ARGV[${time}])
end
return redis.call('HGET', KEYS[1], 'pull_count')
`;
}
