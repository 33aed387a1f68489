/** How much is waiting, how much is lost, and why. */
export type OutputState = {
  /** Bytes accepted and not yet taken by the operating system. */
  pendingBytes: number;
  /** Lines given up since the start: the reader is gone, or it or the disk took nothing beyond the memory bound. */
  droppedLines: number;
  /** The system's error code while lines cannot be written, e.g. `ENOSPC`; `EAGAIN` where nobody reads. */
  problem: string | undefined;
};

/** Where formatted lines go. `append` takes whole lines, each with its line break. */
export type LineWriter = {
  append(lines: string): void;
  /**
   * Resolves once all that was appended is written, or cannot be, or `limitMs` have passed. Does not block the event
   * loop.
   */
  flush(limitMs?: number): Promise<void>;
  /** Returns once all that was appended is written, or cannot be, or `limitMs` have passed. */
  flushSync(limitMs?: number): void;
  /** Flushes; lines appended later are written at once. The descriptor or stream stays open. */
  close(): void;
  state(): OutputState;
  /** Tells one listener of lines that are given up, those that have been at once. It must not log. */
  onDropped(listener: (lines: number) => void): void;
};
