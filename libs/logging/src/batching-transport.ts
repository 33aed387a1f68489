import Transport from 'winston-transport';
import type { LineWriter } from './line-writer.ts';

/** Where a winston format leaves the finished line (the `MESSAGE` symbol of `triple-beam`). */
export const MESSAGE = Symbol.for('message');

/** A winston transport that hands finished lines to a {@link LineWriter}. */
export class BatchingTransport extends Transport {
  readonly #writer: LineWriter;

  constructor(writer: LineWriter) {
    super();
    this.#writer = writer;
  }

  override log(info: Record<symbol, string>, next: () => void): void {
    const line = info[MESSAGE];
    if (line !== undefined) this.#writer.append(line);
    next();
  }
}
