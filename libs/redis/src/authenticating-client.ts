import { CodedError } from '@quay-observability/coded-errors';
import { Redis, ReplyError, type Command, type RedisOptions } from 'ioredis';

type WritableStream = Parameters<Redis['sendCommand']>[1];

/** How Redis says that it needs no password: since version 6, and before. */
const UNNEEDED = ['without any password configured for the default user', 'no password is set'];
/** How a Redis before version 6 says that it knows no users. */
const NO_USERS = "wrong number of arguments for 'auth' command";

/**
 * A client that logs in with what it is given, also where Redis asks for less. ioredis would print that to standard
 * error, as text, at each connection (`handleAuthError` of its `event_handler`); so it does not see such an answer.
 */
export class AuthenticatingRedis extends Redis {
  /** Redis asks for no password, though one is configured. */
  protected passwordUnneeded(): void {
    // Told by those that report.
  }

  override duplicate(override: Partial<RedisOptions> = {}): Redis {
    return new AuthenticatingRedis({ ...this.options, ...override, replyMapping: 'legacy' });
  }

  override sendCommand(command: Command, stream?: WritableStream): unknown {
    if (command.name === 'auth') {
      const { reject } = command;
      command.reject = (error: Error) => {
        if (!(error instanceof ReplyError)) return reject(error);
        if (UNNEEDED.some((text) => error.message.includes(text))) {
          command.resolve('OK');
          this.passwordUnneeded();
        } else if (error.message.includes(NO_USERS)) {
          const text = 'This Redis knows no users, but a user name is configured';
          reject(new CodedError('REDIS_UNAVAILABLE', text, { cause: error }));
        } else reject(error);
      };
    }
    return super.sendCommand(command, stream);
  }
}
