/** A successful pull as requests and events tell it: the repository still by its name (contract section 4). */
export type NamedPull = {
  /** `namespace/name`. */
  readonly repository: string;
  /** Undefined for a pull by digest. */
  readonly tag: string | undefined;
  /** `algorithm:hex`; empty where nobody told it. */
  readonly digest: string;
  /** Whole unix seconds of the pull. */
  readonly unixSeconds: number;
};

/** Takes over pulls to be tracked in Redis; neither waits nor throws. */
export type TrackPull = (pull: NamedPull) => void;
