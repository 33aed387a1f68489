import type { RedisEvent, RedisState } from './redis-connection.ts';

/** What ioredis reports about its connection. */
export type ClientSignal = 'ready' | 'close' | 'end';

/** The state after a signal: losing the connection, or not getting the first one, means reconnecting. */
export function nextState(state: RedisState, signal: ClientSignal): RedisState {
  if (state === 'closed' || signal === 'end') return 'closed';
  return signal === 'ready' ? 'ready' : 'reconnecting';
}

/** The event of a change; undefined if nothing changed. */
export function describeChange(
  previous: RedisState,
  state: RedisState,
  about: { readonly name: string; readonly server: string; readonly problem: string | undefined },
): RedisEvent | undefined {
  if (previous === state) return undefined;
  const { name, server, problem } = about;
  const fields = {
    redis: name,
    server,
    state,
    ...(problem !== undefined && state !== 'ready' && { error: problem }),
  };
  const level = state === 'reconnecting' ? 'warning' : 'info';
  return { state, previous, level, fields, message: `redis ${name} at ${server}: ${WORDS[state]}` };
}

/** The event of a password that Redis does not ask for: who forgot to set it there thinks that it protects. */
export function describeUnneededPassword(
  state: RedisState,
  { name, server }: { readonly name: string; readonly server: string },
): RedisEvent {
  return {
    state,
    previous: state,
    level: 'warning',
    fields: { redis: name, server, state },
    message: `redis ${name} at ${server}: a password is configured, but this Redis asks for none`,
  };
}

const WORDS: Record<RedisState, string> = {
  connecting: 'connecting',
  ready: 'connected',
  reconnecting: 'not connected, reconnecting',
  closed: 'closed',
};
