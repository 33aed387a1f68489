import { Command, ReplyError, type Redis, type RedisOptions } from 'ioredis';
import { CodedError } from '@quay-observability/coded-errors';
import { AuthenticatingRedis } from './authenticating-client.ts';
import { markUnsent } from './command-fate.ts';
import type { ClientOptions } from './connect-options.ts';
import { keepStringsFast } from './fast-strings.ts';

keepStringsFast();

export type Bounds = {
  /** `host:port/db`, for messages. */
  readonly server: string;
  readonly commandTimeoutMs: number;
  /** Commands that wait for an answer, at most. */
  readonly maxPending: number;
  /** Why there is no connection, if that is known. */
  readonly lastProblem: () => string | undefined;
  /** Redis asks for no password, though one is configured; told at each connection. */
  readonly onPasswordUnneeded: () => void;
};

type WritableStream = Parameters<Redis['sendCommand']>[1];

/**
 * A client of which every command ends in bounded time and bounded memory: answered, or failed with a
 * coded error. Commands that block on purpose (BLPOP and the like) have no time-out of their own.
 */
export class BoundedRedis extends AuthenticatingRedis {
  readonly #bounds: Bounds;
  #pending = 0;
  #closed = false;

  constructor(options: ClientOptions, bounds: Bounds) {
    super(options);
    this.#bounds = bounds;
  }

  /** Commands that wait for their answer. */
  get pendingCommands(): number {
    return this.#pending;
  }

  /** From now on every command is refused. */
  refuseCommands(): void {
    this.#closed = true;
  }

  /**
   * A plain client with the same options: for commands that block, on behalf of a library that makes its own. Its
   * commands have no time-out, and whoever asks closes it.
   */
  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    // Without a listener, ioredis prints; between its users the copy has none.
    copy.on('error', () => undefined);
    return copy;
  }

  override sendCommand(command: Command, stream?: WritableStream): unknown {
    const { server, maxPending, commandTimeoutMs } = this.#bounds;
    const reject = command.reject;
    const refusal = this.#refusal(maxPending);
    if (refusal !== undefined) {
      reject(markUnsent(refusal));
      return command.promise;
    }
    // Of a Redis that did not answer in time nothing more is to be expected on this connection, and
    // its commands would be held until the operating system gives up.
    const timer = Command.checkFlag('BLOCKING_COMMANDS', command.name)
      ? undefined
      : setTimeout(() => {
          const text = `Redis ${server}: no answer to ${command.name} within ${commandTimeoutMs} ms`;
          const error = new CodedError('REDIS_TIMEOUT', text);
          reject(error);
          this.stream.destroy(error);
        }, commandTimeoutMs);
    this.#pending += 1;
    command.reject = (error: Error) => {
      reject(this.#coded(error, command));
    };
    const settled = () => {
      clearTimeout(timer);
      this.#pending -= 1;
    };
    command.promise.then(settled, settled);
    return super.sendCommand(command, stream);
  }

  protected override passwordUnneeded(): void {
    this.#bounds.onPasswordUnneeded();
  }

  #refusal(maxPending: number): CodedError | undefined {
    if (this.#closed) return this.#unavailable('the client is closed');
    // Lazy connecting is ours to do, not a command's.
    if (this.status !== 'ready' && this.status !== 'connect') return this.#unavailable('not connected');
    if (this.#pending < maxPending) return undefined;
    return new CodedError(
      'REDIS_OVERLOADED',
      `Redis ${this.#bounds.server}: ${maxPending} commands already wait for an answer`,
    );
  }

  #unavailable(what: string, cause?: unknown): CodedError {
    const { server, lastProblem } = this.#bounds;
    const problem = lastProblem();
    const why = problem === undefined ? '' : ` (${problem})`;
    return new CodedError('REDIS_UNAVAILABLE', `Redis ${server}: ${what}${why}`, { cause });
  }

  /** What Redis itself answers passes as it is. */
  #coded(error: Error, command: Command): Error {
    if (error instanceof CodedError) return error;
    if (error instanceof ReplyError) {
      // ioredis would go on in database 0 if it may not select the one it was told to.
      if (command.name === 'select') this.stream.destroy(error);
      return error;
    }
    return error.message.startsWith("Stream isn't writeable")
      ? markUnsent(this.#unavailable('not connected', error))
      : this.#unavailable(`connection lost before ${command.name} was answered`, error);
  }
}
