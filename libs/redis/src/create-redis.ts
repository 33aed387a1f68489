import { setTimeout as pause } from 'node:timers/promises';
import { CodedError } from '@quay-observability/coded-errors';
import { BoundedRedis } from './bounded-client.ts';
import { connectOptions, displayName } from './connect-options.ts';
import {
  describeChange,
  describeUnneededPassword,
  nextState,
  type ClientSignal,
} from './connection-state.ts';
import type { RedisConnection, RedisOptions, RedisState } from './redis-connection.ts';

const MAX_BACKOFF_MS = 5000;
const MAX_PENDING = 10_000;
const DISCONNECT_TIMEOUT_MS = 2000;

/**
 * Starts connecting, and keeps connected until closed. Nothing that happens to Redis ends the process:
 * it shows in the state, in one event per change, and in the errors of commands.
 *
 * @throws CodedError `TLS_FILE_UNREADABLE`
 */
export function createRedis(options: RedisOptions): RedisConnection {
  const {
    settings,
    name,
    onEvent,
    maxBackoffMs = MAX_BACKOFF_MS,
    maxPendingCommands = MAX_PENDING,
  } = options;
  const server = displayName(settings);
  let state: RedisState = 'connecting';
  let problem: string | undefined;
  let closing = false;
  let toldUnneeded = false;

  const client = new BoundedRedis(connectOptions(settings, name, maxBackoffMs), {
    server,
    commandTimeoutMs: settings.commandTimeoutMs,
    maxPending: maxPendingCommands,
    lastProblem: () => (state === 'ready' ? undefined : problem),
    onPasswordUnneeded: () => {
      if (toldUnneeded) return;
      toldUnneeded = true;
      onEvent?.(describeUnneededPassword(state, { name, server }));
    },
  });
  const onSignal = (signal: ClientSignal) => {
    const previous = state;
    state = nextState(previous, signal);
    if (signal === 'ready') problem = undefined;
    const event = describeChange(previous, state, { name, server, problem });
    if (event !== undefined) onEvent?.(event);
  };
  // Without a listener, ioredis prints; what matters of an error shows in the state.
  client.on('error', (error: Error) => {
    problem = errorText(error);
  });
  client.on('ready', () => {
    onSignal('ready');
  });
  client.on('close', () => {
    onSignal(closing ? 'end' : 'close');
  });
  client.on('end', () => {
    onSignal('end');
  });
  client.connect().catch(() => undefined);

  const unavailable = (what: string) => {
    const why = problem === undefined ? '' : ` (${problem})`;
    return new CodedError('REDIS_UNAVAILABLE', `Redis ${server}: ${what}${why}`);
  };

  return {
    client,
    state: () => state,
    ping: async (timeoutMs) => {
      await within(client.ping(), timeoutMs, () => {
        return new CodedError('REDIS_TIMEOUT', `Redis ${server}: no answer to ping within ${timeoutMs} ms`);
      });
    },
    whenReady: (timeoutMs) => {
      if (state === 'ready') return Promise.resolve();
      const { promise: ready, resolve } = Promise.withResolvers<void>();
      client.once('ready', resolve);
      return within(ready, timeoutMs, () => unavailable(`not connected within ${timeoutMs} ms`)).finally(
        () => {
          client.off('ready', resolve);
        },
      );
    },
    another: (what) => createRedis({ ...options, name: `${name} ${what}`, onEvent: () => undefined }),
    close: async (graceMs = 2000) => {
      client.refuseCommands();
      const deadline = performance.now() + graceMs;
      while (client.pendingCommands > 0 && performance.now() < deadline) await pause(10);
      if (state === 'closed') return;
      closing = true;
      // Between two attempts there is nothing that could end.
      const connected = client.status !== 'reconnecting';
      const ended = new Promise<void>((resolve) => {
        client.once('end', resolve);
      });
      client.disconnect();
      if (connected) await Promise.race([ended, pause(DISCONNECT_TIMEOUT_MS, undefined, { ref: false })]);
      onSignal('end');
    },
  };
}

async function within<T>(promise: Promise<T>, timeoutMs: number, timeoutError: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(timeoutError());
    }, timeoutMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** ioredis hands several failed addresses over as one error without a message. */
function errorText(error: Error & { code?: string }): string {
  if (error instanceof AggregateError) return error.errors.map((each) => errorText(each as Error)).join('; ');
  return error.message === '' ? (error.code ?? error.name) : error.message;
}
