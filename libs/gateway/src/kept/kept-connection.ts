import { connect, type Socket } from 'node:net';
import { LARGE_BODY_BYTES, type LargeBuffers } from './large-buffers.ts';

export type KeptConnectionOptions = {
  host: string;
  port: number;
  connectTimeoutMs: number;
  /** How long an idle one is kept. */
  keepAliveMs: number;
};

export type KeptConnectionParts = {
  largeBuffers: LargeBuffers;
  /** Told when the connection can serve no further request. */
  onGone: (connection: KeptConnection) => void;
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

/** What is read at once, of all but large bodies. */
const BUFFER_BYTES = 64 * 1024;

/**
 * A connection to the upstream that serves one request after another. It reads into one buffer of its own for as
 * long as it lives (large bodies into one that is shared): node's streams would allocate 64 KiB for every piece, which
 * costs more than the copying.
 */
export class KeptConnection {
  readonly #socket: Socket;
  readonly #onGone: (connection: KeptConnection) => void;
  readonly #largeBuffers: LargeBuffers;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** What is read into instead of `#buffer`, from the next read after it was taken until the one after its body. */
  #large: Buffer | undefined;
  #inLargeBody = false;
  /** Nothing of the last read is on its way to a client any more. */
  #isBufferFree = true;
  #user: ConnectionUser | undefined;
  #connected = false;
  /** How often silence is looked at while nothing shorter is asked for. */
  readonly #lookMs: number;
  /** After how long a silence the socket tells of it; 0 if it does not. */
  #stepMs: number;
  /** The silence so far, in such steps. */
  #silentMs = 0;
  /** How long a silence may last now; 0 sets no limit. */
  #limitMs = 0;
  #error: Error | undefined;

  constructor(options: KeptConnectionOptions, { largeBuffers, onGone }: KeptConnectionParts) {
    this.#onGone = onGone;
    this.#largeBuffers = largeBuffers;
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: {
        buffer: () => this.#nextBuffer(),
        // It is the very object that was returned.
        callback: (length, buffer) => this.#onRead(buffer as Buffer, length),
      },
    });
    const socket = this.#socket;
    this.#lookMs = options.keepAliveMs;
    this.#stepMs = options.connectTimeoutMs;
    socket.setTimeout(this.#stepMs);
    socket.once('connect', () => {
      this.#connected = true;
      this.limitSilence(this.#limitMs);
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
      if (this.#large !== undefined) this.#largeBuffers.drop();
      this.#large = undefined;
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

  /** A body of this many bytes follows. */
  expectBody(bytes: number): void {
    this.#inLargeBody = bytes >= LARGE_BODY_BYTES;
    if (this.#inLargeBody) this.#large ??= this.#largeBuffers.take();
  }

  /** The answer is complete: the connection is free for another request, and ends after `idleMs` without one. */
  release(idleMs: number): void {
    this.#user = undefined;
    this.#inLargeBody = false;
    this.limitSilence(idleMs);
  }

  /** `onSilence` is called after this long without a byte from the upstream; 0 sets no limit. */
  limitSilence(silenceMs: number): void {
    this.#limitMs = silenceMs;
    this.#silentMs = 0;
    // A timer for each request would cost more than to look now and then. Until the connection is there, the time to
    // connect runs.
    const stepMs = silenceMs === 0 ? this.#lookMs : Math.min(this.#lookMs, silenceMs);
    if (this.#connected && stepMs !== this.#stepMs) this.#step(stepMs);
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection, which its user is told. */
  fail(error: Error): void {
    this.#socket.destroy(error);
  }

  /** Ends the connection; its user is told nothing any more. */
  destroy(): void {
    this.#take();
    this.#socket.destroy();
  }

  #onRead(buffer: Buffer, length: number): boolean {
    this.#silentMs = 0;
    if (this.#user !== undefined) {
      this.#isBufferFree = this.#user.onBytes(buffer.subarray(0, length));
      return this.#isBufferFree;
    }
    // Nobody has asked for anything: whatever this is, it would be read as the next answer.
    this.destroy();
    return true;
  }

  /** Asked after each read. A large buffer goes back only here: at any other time its last bytes may still be sent. */
  #nextBuffer(): Buffer {
    if (this.#large !== undefined && !this.#inLargeBody && this.#isBufferFree) {
      this.#largeBuffers.giveBack(this.#large);
      this.#large = undefined;
    }
    return this.#large ?? this.#buffer;
  }

  #onTimeout(): void {
    if (!this.#connected) {
      this.#error = connectionError('connect timeout', 'UND_ERR_CONNECT_TIMEOUT');
      this.#socket.destroy();
      return;
    }
    this.#silentMs += this.#stepMs;
    const restMs = this.#limitMs === 0 ? Infinity : this.#limitMs - this.#silentMs;
    // The socket does not tell twice of the same silence.
    if (restMs > 0) this.#step(Math.min(this.#lookMs, restMs));
    else {
      this.#stepMs = 0;
      if (this.#user === undefined) this.#socket.destroy();
      else this.#user.onSilence();
    }
  }

  #step(ms: number): void {
    this.#stepMs = ms;
    this.#socket.setTimeout(ms);
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
