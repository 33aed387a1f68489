import { redisScript, type ScriptCall } from '../run-script.ts';

/** How long a waiter may take to see that the lock was released. */
const SIGNAL_TTL_MS = 1000;

/** The key that holds the token of a lock's owner (contract section 6). */
export function lockKey(name: string): string {
  return `lock:${name}`;
}

/** The list that gets one element when the lock is released. */
export function lockSignalKey(name: string): string {
  return `lock-signal:${name}`;
}

/** What the scripts answer: python-redis-lock's numbers. */
export const LOCK_ANSWERS = { done: 0, notTheOwner: 1, neverExpires: 2 } as const;

/*
 * KEYS[1]  the lock
 * KEYS[2]  its signal list
 * ARGV[1]  the owner's token
 * ARGV[2]  milliseconds that the signal lives
 * returns  0 released; 1 held by somebody else or by nobody, and nothing is changed
 */
const RELEASE = redisScript(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 1
end
redis.call('DEL', KEYS[2])
redis.call('LPUSH', KEYS[2], 1)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 0
`);

/*
 * KEYS[1]  the lock
 * ARGV[1]  the owner's token
 * ARGV[2]  seconds that it is held from now on
 * returns  0 extended; 1 held by somebody else or by nobody; 2 it never expires. Only 0 changes anything.
 */
const EXTEND = redisScript(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 1
end
if redis.call('TTL', KEYS[1]) < 0 then
  return 2
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 0
`);

/** Gives the lock back and wakes one waiter, if the token is the owner's. */
export function releaseLock(name: string, token: string): ScriptCall {
  return {
    script: RELEASE,
    keys: [lockKey(name), lockSignalKey(name)],
    args: [token, String(SIGNAL_TTL_MS)],
  };
}

/** Holds the lock for so many whole seconds from now, if the token is the owner's. */
export function extendLock(name: string, token: string, ttlSeconds: number): ScriptCall {
  return { script: EXTEND, keys: [lockKey(name)], args: [token, String(ttlSeconds)] };
}
