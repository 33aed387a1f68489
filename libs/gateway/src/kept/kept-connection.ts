import { connect, type Socket } from 'node:net';

export type KeptConnectionOptions = {
  host: string;
  port: number;
  connectTimeoutMs: number;
};

/** What a connection tells the one that uses it. */
export type ConnectionUser = {
  /**
   * Bytes of the upstream; they are overwritten by the next ones. False asks to pause until `resume`, and until
   * then the bytes stay.
   */
  onBytes(bytes: Buffer): boolean;
  /** The upstream has ended its side. */
  onEnd(): void;
  /** The connection is gone; nothing follows. */
  onClosed(error: Error): void;
  /** Silence for as long as was asked of `limitSilence`. */
  onSilence(): void;
};

/** What is read at once: of a blob, a system call for each. */
const BUFFER_BYTES = 64 * 1024;

/**
 * A connection to the upstream that serves one request after another. It reads into one buffer of its own for as
 * long as it lives: node's streams would allocate 64 KiB for every piece, which costs more than the copying.
 */
export class KeptConnection {
  readonly #socket: Socket;
  readonly #onGone: (connection: KeptConnection) => void;
  #user: ConnectionUser | undefined;
  #connected = false;
  #error: Error | undefined;

  /** `onGone` is told when the connection can serve no further request. */
  constructor(options: KeptConnectionOptions, onGone: (connection: KeptConnection) => void) {
    this.#onGone = onGone;
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: { buffer, callback: (length) => this.#onRead(buffer, length) },
    });
    const socket = this.#socket;
    socket.setTimeout(options.connectTimeoutMs);
    socket.once('connect', () => {
      this.#connected = true;
    });
    socket.on('timeout', () => {
      this.#onTimeout();
    });
    socket.on('end', () => {
      this.#onGone(this);
      this.#user?.onEnd();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.once('close', () => {
      this.#onGone(this);
      const error = this.#error ?? connectionError('the connection closed', 'ECONNRESET');
      this.#take()?.onClosed(error);
    });
  }

  /** Sends a request whose answer `user` reads. */
  serve(user: ConnectionUser, request: string): void {
    this.#user = user;
    this.#socket.write(request, 'latin1');
  }

  /** Another one reads what is still to come. */
  handOver(user: ConnectionUser): void {
    this.#user = user;
  }

  /** The answer is complete: the connection is free for another request, and ends after `idleMs` without one. */
  release(idleMs: number): void {
    this.#user = undefined;
    this.#socket.setTimeout(idleMs);
  }

  /** `onSilence` is called after this long without a byte in either direction; 0 sets no limit. */
  limitSilence(silenceMs: number): void {
    // Until it is there, the time to connect runs.
    if (this.#connected) this.#socket.setTimeout(silenceMs);
    else this.#socket.once('connect', () => this.#socket.setTimeout(silenceMs));
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection; its user is told nothing any more. */
  destroy(): void {
    this.#take();
    this.#socket.destroy();
  }

  #onRead(buffer: Buffer, length: number): boolean {
    if (this.#user !== undefined) return this.#user.onBytes(buffer.subarray(0, length));
    // Nobody has asked for anything: whatever this is, it would be read as the next answer.
    this.destroy();
    return true;
  }

  #onTimeout(): void {
    if (!this.#connected) {
      this.#error = connectionError('connect timeout', 'UND_ERR_CONNECT_TIMEOUT');
      this.#socket.destroy();
    } else if (this.#user === undefined) this.#socket.destroy();
    else this.#user.onSilence();
  }

  #take(): ConnectionUser | undefined {
    const user = this.#user;
    this.#user = undefined;
    return user;
  }
}

function connectionError(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
