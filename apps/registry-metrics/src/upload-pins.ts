import { hash } from 'node:crypto';
import type { RouteOwner } from '@quay-observability/owner-switch';
import type { RedisConnection } from '@quay-observability/redis';
import { createCircuitBreaker, type CircuitBreaker, type CircuitLimits } from './circuit-breaker.ts';
import { createLruCache } from './lru-cache.ts';

/** The label `outcome` of `quay_gateway_upload_pins_total`. */
export type PinOutcome = 'pinned' | 'found_here' | 'found_in_redis' | 'not_found' | 'redis_failed';

/** What is asked of Redis: a Redis that is full, or a replica, refuses to write and still reads. */
export type PinCommands = 'reads' | 'writes';

/**
 * Which runtime began an upload. It keeps the state of the digest, and the bytes so far, where the other one
 * does not look: the upload has to end there, whatever the switches say meanwhile.
 */
export type UploadPins = {
  /** The owner, if known; a promise if Redis has to be asked. Never rejects. */
  find(uploadId: string): RouteOwner | undefined | Promise<RouteOwner | undefined>;
  /** Remembers or renews. Does not wait for Redis. */
  pin(uploadId: string, owner: RouteOwner): void;
  /**
   * The upload is over, says this owner. A pin that names the other one, or is not known here, stays: where Redis
   * could not be asked, the wrong runtime may have been.
   */
  forget(uploadId: string, owner: RouteOwner): void;
};

export type UploadPinsOptions = {
  /** Shared by the replicas of the gateway. */
  redis: Pick<RedisConnection, 'client' | 'state'>;
  /** From the last chunk on. */
  ttlSeconds: number;
  counted: (outcome: PinOutcome) => void;
  /** Told when a connected Redis fails or hangs, with the error, and when it is well again, for each kind of command. */
  onRedisChange: (commands: PinCommands, error: unknown) => void;
  limits?: CircuitLimits & { readonly maxEntries: number };
};

const LIMITS = { timeoutMs: 250, restMs: 5000, maxEntries: 20_000 };
const KEY_PREFIX = 'quay_switch:upload:';
const PLAIN_ID = /^[\w.-]{1,128}$/;

type Pin = { readonly owner: RouteOwner; readonly expiresAt: number };

/** Keeps pins in this process and in Redis; without Redis, an upload has to stay with this process. */
export function createUploadPins(options: UploadPinsOptions): UploadPins {
  const { redis, ttlSeconds, counted } = options;
  const { maxEntries, ...limits } = options.limits ?? LIMITS;
  const pins = createLruCache<Pin>(maxEntries);
  const circuitOf = (commands: PinCommands) =>
    createCircuitBreaker(limits, (error) => options.onRedisChange(commands, error));
  const reads = circuitOf('reads');
  const writes = circuitOf('writes');
  // A full Redis deletes and does not write: what it deletes says nothing about writes, and must go on to make room.
  const deletions = createCircuitBreaker(limits);
  const remember = (key: string, owner: RouteOwner): void => {
    pins.put(key, { owner, expiresAt: performance.now() + ttlSeconds * 1000 });
  };
  const ask = async (key: string, answer: Promise<string | null>): Promise<RouteOwner | undefined> => {
    try {
      const owner = ownerOf(await answer);
      counted(owner === undefined ? 'not_found' : 'found_in_redis');
      if (owner !== undefined) remember(key, owner);
      return owner;
    } catch {
      counted('redis_failed');
      return undefined;
    }
  };
  // Without a connection every command fails at once: nobody waits, so there is nothing to give a rest.
  const command = <T>(circuit: CircuitBreaker, send: () => Promise<T>): Promise<T> | undefined =>
    redis.state() === 'ready' ? circuit.ask(send) : undefined;
  const tell = (circuit: CircuitBreaker, send: () => Promise<unknown>): void => {
    // What cannot be told is no loss to this process: a write has been reported, and what is not deleted expires.
    command(circuit, send)?.catch(() => undefined);
  };

  return {
    find(uploadId) {
      const key = keyOf(uploadId);
      const pin = pins.get(key);
      if (pin !== undefined && pin.expiresAt > performance.now()) {
        counted('found_here');
        return pin.owner;
      }
      const answer = command(reads, () => redis.client.get(key));
      if (answer !== undefined) return ask(key, answer);
      counted('redis_failed');
      return undefined;
    },
    pin(uploadId, owner) {
      const key = keyOf(uploadId);
      if (pins.get(key) === undefined) counted('pinned');
      remember(key, owner);
      tell(writes, () => redis.client.set(key, owner, 'EX', ttlSeconds));
    },
    forget(uploadId, owner) {
      const key = keyOf(uploadId);
      if (pins.get(key)?.owner !== owner) return;
      pins.delete(key);
      tell(deletions, () => redis.client.del(key));
    },
  };
}

/** Ids are the runtimes' own, but a client may ask for any. */
function keyOf(uploadId: string): string {
  return KEY_PREFIX + (PLAIN_ID.test(uploadId) ? uploadId : `sha256:${hash('sha256', uploadId)}`);
}

function ownerOf(text: string | null): RouteOwner | undefined {
  return text === 'python' || text === 'go' ? text : undefined;
}
