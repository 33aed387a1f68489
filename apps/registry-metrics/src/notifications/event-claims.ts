import { hash, randomUUID } from 'node:crypto';
import { runScript, type RedisConnection } from '@quay-observability/redis';
import { createCircuitBreaker, type CircuitLimits } from '../circuit-breaker.ts';
import { claimCall, settleCall } from './claim-scripts.ts';
import type { EventMemory } from './event-memory.ts';

/** `mine`: the caller counts it, then settles it. `pending`: somebody else is about to. */
export type ClaimVerdict = 'mine' | 'pending' | 'counted';

/** Makes sure that each event is counted by one process, once (docs/decisions/counting-events-once.md). */
export type EventClaims = {
  /** A verdict for each id, in their order; an id stands there once. Never rejects. */
  claim(ids: readonly string[]): Promise<readonly ClaimVerdict[]>;
  /** These have been counted. Never rejects; does not wait for a Redis that is away. */
  settle(ids: readonly string[]): Promise<void>;
};

export type EventClaimsOptions = {
  memory: EventMemory;
  /** Shared by the replicas. */
  redis: Pick<RedisConnection, 'client' | 'state'>;
  rememberSeconds: number;
  /** Told how many events were claimed in this process alone, because Redis is away. */
  unshared: (events: number) => void;
  /** Told when a connected Redis fails or hangs, with the error, and when it is well again. */
  onRedisChange: (error: unknown) => void;
  limits?: CircuitLimits;
};

/** Nobody but a registry waits for this; it waits for 5 s if configured as in deploy/registry. */
const LIMITS: CircuitLimits = { timeoutMs: 2000, restMs: 5000 };
/** What a process that ends in between has claimed may be claimed again after this time. */
const CLAIM_SECONDS = 10;
/** A process that was stopped for so long may have lost its claims: it counts nothing by them. */
const STALE_MS = (CLAIM_SECONDS * 1000) / 2;

/** Claims events in the memory of the process, and in Redis for the other replicas. */
export function createEventClaims(options: EventClaimsOptions): EventClaims {
  const { memory, redis, rememberSeconds } = options;
  // An answer that got lost is had again by asking again: the claim is known as this process's.
  const claimer = randomUUID();
  const circuit = createCircuitBreaker(options.limits ?? LIMITS, options.onRedisChange);
  // Without a connection every command fails at once: nobody waits, so there is nothing to give a rest.
  const ask = <T>(question: () => Promise<T>): Promise<T> | undefined =>
    redis.state() === 'ready' ? circuit.ask(question) : undefined;

  /** The verdicts on keys that nobody else in this process has claimed. */
  const claimNew = async (keys: readonly string[]): Promise<readonly ClaimVerdict[]> => {
    const startMs = performance.now();
    const answer = ask(() => runScript(redis.client, claimCall(keys, claimer, CLAIM_SECONDS)));
    if (answer === undefined) {
      options.unshared(keys.length);
      return keys.map(() => 'mine');
    }
    // Without an answer it is not known what another replica does: the registry sends them again, soon.
    const holders: unknown = await answer.catch(() => undefined);
    if (!Array.isArray(holders) || performance.now() - startMs > STALE_MS) return keys.map(() => 'pending');
    return holders.map((holder) =>
      holder === claimer ? 'mine' : holder === 'counted' ? 'counted' : 'pending',
    );
  };

  return {
    async claim(ids) {
      const keys = ids.map(keyOf);
      const states = keys.map((key) => memory.claim(key));
      const fresh = keys.filter((_key, index) => states[index] === 'new');
      const verdicts = fresh.length === 0 ? [] : await claimNew(fresh);
      const verdictOf = new Map(fresh.map((key, index) => [key, verdicts[index] ?? 'pending']));
      for (const [key, verdict] of verdictOf) {
        if (verdict === 'counted') memory.settle(key);
        if (verdict === 'pending') memory.release(key);
      }
      return keys.map(
        (key, index) => verdictOf.get(key) ?? (states[index] === 'counted' ? 'counted' : 'pending'),
      );
    },
    async settle(ids) {
      const keys = ids.map(keyOf);
      for (const key of keys) memory.settle(key);
      if (keys.length === 0) return;
      // They are counted, whatever Redis says; that it fails has been reported.
      await ask(() => runScript(redis.client, settleCall(keys, rememberSeconds)))?.catch(() => undefined);
    },
  };
}

/** Ids come from outside, and may be long. */
function keyOf(id: string): string {
  return `quay_notifications:event:${hash('sha256', id, 'base64url')}`;
}
