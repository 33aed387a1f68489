/** How much is waiting, how much is lost, and why. */
export type OutputState = {
  /** Bytes accepted and not yet taken by the operating system. */
  pendingBytes: number;
  /** Lines given up since the start: the reader is gone, or the disk stayed full beyond the memory bound. */
  droppedLines: number;
  /** The system's error code while lines cannot be written, e.g. `ENOSPC`. */
  problem: string | undefined;
};

/** Where formatted lines go. `append` takes whole lines, each with its line break. */
export type LineWriter = {
  append(lines: string): void;
  /** Resolves once all that was appended is written, or cannot be. Does not block the event loop. */
  flush(): Promise<void>;
  /** Returns once all that was appended is written, or cannot be. */
  flushSync(): void;
  /** Flushes; lines appended later are written at once. The descriptor or stream stays open. */
  close(): void;
  state(): OutputState;
};
